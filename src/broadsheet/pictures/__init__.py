"""Pictures the paper may show: kept copies with credit and licence, and their renditions."""
