"""A made-up county: its people and families, what befalls them, and the department files that speak of them.

Nobody in it exists. Area codes begin with 99 (not assigned to any place), surnames are invented, telephone numbers
and bank accounts cannot be real, and every file says 虚构数据 in its title.
"""
