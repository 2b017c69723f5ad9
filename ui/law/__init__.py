"""The pages of the law on personal data: requests, disclosures, extracts, keeping and erasing, lost devices."""
