"""What the pages of cases are made of: steps, day ruler, what each step needs, papers, people, files, handing over."""
