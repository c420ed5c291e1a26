"""Charts: structs in, SVG out. Each says in a sentence what it shows; nothing in them is styled by attribute or script.

Marks carry a class and presentation attributes: the page's sheet colours them by theme, and where there is no sheet, in
a picture or on paper, they are drawn all the same.
"""
