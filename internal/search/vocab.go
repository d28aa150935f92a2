package search

import (
	"strings"

	"wattle/internal/taxonomy"
)

// lists are the taxonomies behind groups of filters.
var lists = map[string]*taxonomy.List{
	"type": taxonomy.Types, "issue": taxonomy.Issues, "mode": taxonomy.Modes, "language": taxonomy.Languages,
	"gender": taxonomy.Genders, "approach": taxonomy.Approaches, "format": taxonomy.Formats, "funding": taxonomy.Funding,
	"group": taxonomy.ClientGroups, "affirming": taxonomy.Affirming, "faith": taxonomy.Faiths, "access": taxonomy.Access,
}

func slugs(group string) []string { return lists[group].Slugs() }

// termLabel is a taxonomy's label; without one the slug with spaces.
func termLabel(group, value string) string {
	if l, ok := lists[group]; ok {
		if t, ok := l.BySlug(value); ok {
			return t.Label
		}
	}
	return strings.ReplaceAll(value, "-", " ")
}
