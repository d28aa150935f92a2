package main

import "context"

func instances(ctx context.Context, t *trial) error { return nil }
