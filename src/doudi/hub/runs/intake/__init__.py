"""Taking files in: told apart by content, headings found, rows checked, the store changed in one move."""
