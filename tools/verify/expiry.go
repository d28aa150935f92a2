package main

import "context"

func expiry(ctx context.Context, t *trial) error { return nil }
