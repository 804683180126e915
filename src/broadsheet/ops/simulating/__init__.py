"""An invented newspaper with invented readers, to try heat where no public record exists. All of it is simulated."""
