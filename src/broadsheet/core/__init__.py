"""The Django base every trade stands on: clock, events and outbox, queue, database guard."""
