"""Running it: command line, supervisor, worker, schedule, wiring, doctor, verify, backup."""
