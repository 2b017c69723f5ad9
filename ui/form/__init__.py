"""The form engine: one record of any form of the catalogue, built from its fields."""
