"""How well what we built reads what others wrote: scores over outside material, by its own protocols."""
