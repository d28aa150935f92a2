package api

import (
	"wattle/internal/search"
	"wattle/internal/web"
)

// The schemas say what answers hold; a test validates real answers against their names.
func schemas() obj {
	str, num, yes := obj{"type": "string"}, obj{"type": "integer"}, obj{"type": "boolean"}
	instant := obj{"type": "string", "format": "date-time"}
	list := obj{"type": "array", "items": str}
	matched := obj{"type": "array", "items": str, "maxItems": search.MaxReasons,
		"description": "Why the search found this person, the most telling first: " + web.OrderPath}
	maybe := func(kind string) obj { return obj{"type": []string{kind, "null"}} }
	reduced := obj{"type": []string{"object", "null"}, "required": []string{"fee_cents", "places_left"}, "properties": obj{"fee_cents": num, "places_left": num}}
	therapist := obj{"slug": str, "name": str, "title": str, "type": str, "state": str, "suburb": str, "postcode": str, "modes": list, "formats": list,
		"issues": list, "approaches": list, "languages": list, "gender": str, "fee_cents": maybe("integer"), "lowest_fee_cents": maybe("integer"), "reduced": reduced,
		"gap_cents": maybe("integer"), "free_consultation": obj{"type": []string{"object", "null"}, "properties": obj{"minutes": num}}, "accepting": yes,
		"next_available_at": obj{"type": []string{"string", "null"}, "format": "date-time"}, "next_service": maybe("string"),
		"distance_km": obj{"type": "number"}, "matched": matched, "url": str}
	always := []string{"slug", "name", "title", "type", "state", "suburb", "postcode", "modes", "formats", "issues", "approaches", "languages", "gender", "fee_cents",
		"lowest_fee_cents", "reduced", "gap_cents", "free_consultation", "accepting", "next_available_at", "next_service", "url"}
	detail := obj{"bio": list, "policy": str, "fictional": yes, "timezone": str,
		"services":    items(obj{"slug": str, "name": str, "kind": str, "format": str, "minutes": num, "fee_cents": num, "gap_cents": maybe("integer"), "modes": list, "bookable": yes}),
		"credentials": items(obj{"kind": str, "number": str, "registration": str, "endorsements": list, "level": str, "checked_on": str, "next_check_on": str})}
	for k, v := range therapist {
		detail[k] = v
	}
	guide, guideMore := guideSchemas()
	slot := items(obj{"starts_at": instant, "ends_at": instant, "modes": list})
	return obj{
		"Therapist":       obj{"type": "object", "required": always, "properties": therapist},
		"TherapistDetail": obj{"type": "object", "required": append(append([]string{}, always...), "bio", "services", "credentials", "policy", "fictional", "timezone"), "properties": detail},
		"Understood":      object(obj{"q": str, "filters": items(obj{"name": str, "value": str, "label": str, "words": str}), "choices": items(obj{"near": str, "label": str})}),
		"Results": withOptional("understood", ref("Understood"), object(obj{"total": num, "page": num, "per_page": num, "results": obj{"type": "array", "items": ref("Therapist")},
			"facets": obj{"type": "object", "additionalProperties": obj{"type": "object", "additionalProperties": num}}, "engine": obj{"type": "string", "enum": []string{"embedded", "meilisearch"}}})),
		"Guides":      object(obj{"total": num, "results": obj{"type": "array", "items": ref("Guide")}}),
		"Guide":       guide,
		"GuideDetail": guideMore,
		"Slots": obj{"type": "object", "required": []string{"service", "therapist_timezone", "timezone", "days"}, "properties": obj{"service": str,
			"therapist_timezone": str, "timezone": str, "reason": str, "days": items(obj{"date": obj{"type": "string", "format": "date"}, "slots": slot})}},
		"BookingRequest": obj{"type": "object", "additionalProperties": false, "required": []string{"therapist", "service", "starts_at", "client"}, "properties": obj{
			"therapist": text(120), "service": text(80), "mode": enum("mode"), "starts_at": instant, "tier": obj{"type": "string", "enum": []string{"standard"}},
			"client": obj{"type": "object", "additionalProperties": false, "required": []string{"name", "email"}, "properties": obj{"name": text(100),
				"email": obj{"type": "string", "format": "email", "maxLength": 254}, "phone": text(30), "timezone": text(64)}}, "note": text(1000)}},
		"BookingHeld": object(obj{"id": str, "status": str, "mode": str, "how_to_meet": str, "held_until": instant, "token": str, "manage_url": str}),
		"Booking": obj{"type": "object", "required": []string{"id", "status", "therapist", "service", "mode", "how_to_meet", "starts_at", "ends_at", "timezone", "version", "manage_url"},
			"properties": obj{"id": str, "status": obj{"type": "string", "enum": []string{"held", "requested", "declined", "pending_payment", "confirmed", "cancelled", "expired", "completed", "no_show"}},
				"therapist": str, "service": str, "mode": str, "how_to_meet": str, "starts_at": instant, "ends_at": instant, "timezone": str, "held_until": instant,
				"cancelled_by": str, "version": num, "manage_url": str, "proposed_starts_at": instant}},
		"Code": obj{"type": "object", "additionalProperties": false, "required": []string{"code"}, "properties": obj{"code": obj{"type": "string", "pattern": "^[0-9]{6}$"}}},
		"NewTime": obj{"type": "object", "additionalProperties": false, "required": []string{"starts_at"}, "properties": obj{"starts_at": instant,
			"version": obj{"type": "integer", "description": "The version you saw; 0 or none for any"}}},
		"Cancellation": object(obj{"may_cancel": yes, "policy": str, "sentence": str, "fee_cents": num, "refund_cents": num,
			"steps": items(obj{"until": instant, "refund_cents": num})}),
		problemSchema: obj{"type": "object", "required": []string{"type", "title", "status", "detail", "request_id"}, "properties": obj{"type": str, "title": str, "status": num,
			"detail": str, "errors": items(obj{"field": str, "message": str}), "request_id": str, "alternatives": items(obj{"starts_at": instant, "ends_at": instant})}},
	}
}

func items(properties obj) obj {
	return obj{"type": "array", "items": obj{"type": "object", "properties": properties}}
}

// withOptional is an object with one more property, which is not always there.
func withOptional(name string, schema, of obj) obj {
	of["properties"].(obj)[name] = schema
	return of
}

// object has every property always.
func object(properties obj) obj {
	var names []string
	for name := range properties {
		names = append(names, name)
	}
	return obj{"type": "object", "required": sorted(names), "properties": properties}
}
