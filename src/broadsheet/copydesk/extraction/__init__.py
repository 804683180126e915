"""Finding an article on its page: prepare the tree, choose the element, trim it, close it.

The choice follows the algorithm of Arc90's Readability (2009) as Mozilla's Readability.js carries
it on: paragraphs give points to what they stand in, links take them away. What comes before and
after it, and what is done where it fails, is ours.
"""
