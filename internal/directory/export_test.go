package directory

import "context"

// Silence makes the feed stale.
func Silence(d *Model) { d.feed.heard.Store(0) }

// FollowHinted is Follow after a hint.
func FollowHinted(ctx context.Context, d *Model) error { return d.follow(ctx, true) }

// ReadChangeOfOne runs the first statement of a hinted reader.
func ReadChangeOfOne(ctx context.Context, d *Model) (*Profile, error) {
	t, _, err := readChangeOfOne(ctx, d.DB, d.feed.snap)
	return t, err
}
