"""What the page *Nhập từ Excel* is made of: a file understood, its columns, its letters, what becomes of its rows."""
