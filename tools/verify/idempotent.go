package main

import "context"

func idempotent(ctx context.Context, t *trial) error { return nil }
