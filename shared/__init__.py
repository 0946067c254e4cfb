"""What more than one service needs: the wire contracts, the facts of law and the plumbing."""
