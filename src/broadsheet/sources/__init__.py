"""Publications: who they are, who owns them and what their rights allow."""
