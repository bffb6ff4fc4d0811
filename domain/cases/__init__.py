"""Cases (个案): whatever somebody needs, from the first word of it to its outcome and its reply."""
