// Wattle's own script: small conveniences. Every page and every flow works without it.
const root = document.documentElement;
const all = (selector, within = document) => within.querySelectorAll(selector);
const searchBoxes = "input[type=search][name=q]";
const narrow = matchMedia("(max-width: 63.99rem)");
root.classList.add("js");

// Quick exit: blank the page first, then replace it, so that Back does not return here.
// Shift three times does the same; Escape would stop the load on its way out.
let left = false;
function leave() {
	left = true;
	const link = document.querySelector("[data-exit]");
	const where = link ? link.href : "https://www.bom.gov.au/";
	document.title = "Weather";
	document.body.replaceChildren();
	location.replace(where);
}
document.addEventListener("click", (e) => {
	if (e.target.closest?.("[data-exit]")) {
		e.preventDefault();
		leave();
	}
});
let shifts = [];
document.addEventListener("keydown", (e) => {
	if (e.key !== "Shift") shifts = [];
	else if (!e.repeat) {
		shifts = [...shifts.filter((at) => e.timeStamp - at < 2000), e.timeStamp];
		if (shifts.length === 3) leave();
	}
});
addEventListener("pageshow", (e) => {
	if (e.persisted && left) location.reload();
});

// Forms learn the reader's time zone.
// Zones outside Australia are left alone: bookings are read in a zone of the country, the
// practice's unless the reader chose another.
// Asking for the zone and for ways to write a time takes a phone a while, so pages without times do not.
const lazily = (make, made) => () => (made ??= make());
const zone = lazily(() => {
	const named = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
	return /^(Australia\/.+|Pacific\/Norfolk|Indian\/(Christmas|Cocos))$/.test(named) ? named : "";
});
const clock = lazily(() => new Intl.DateTimeFormat("en-AU", { hour: "numeric", minute: "2-digit" }));
const weekday = lazily(() => new Intl.DateTimeFormat("en-AU", { weekday: "short" }));

function fillZones(within) {
	for (const input of all("input[data-tz]", within)) input.value = zone();
}

// A list of zones is set to the reader's unless they have chosen; whatever hangs on it is asked for again.
function chooseZone() {
	if (new URLSearchParams(location.search).has("tz")) return;
	for (const select of all("select[data-tz]")) {
		if (select.value === zone() || ![...select.options].some((o) => o.value === zone())) continue;
		select.value = zone();
		select.dispatchEvent(new Event("change", { bubbles: true }));
	}
}

// offsetOf is the offset of an RFC 3339 time in minutes, as Date counts them but with its sign.
function offsetOf(text) {
	const m = /([+-])(\d\d):(\d\d)$/.exec(text);
	return m ? (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
}

// yourTime words an instant in the reader's zone, or is "" where the wall clocks agree.
function yourTime(text) {
	const at = new Date(text);
	const offset = offsetOf(text);
	if (isNaN(at) || !/[+-]\d\d:\d\d$/.test(text) || -at.getTimezoneOffset() === offset || !zone()) return "";
	const theirs = new Date(at.getTime() + offset * 60000).getUTCDay();
	const day = theirs === at.getDay() ? "" : weekday().format(at) + " ";
	return `${day}${clock().format(at)} ${zone().split("/").pop().replaceAll("_", " ")}`;
}

function small(words) {
	const hidden = Object.assign(document.createElement("span"), { className: "vh", textContent: "(your time)" });
	const box = Object.assign(document.createElement("small"), { textContent: words + " " });
	box.append(hidden);
	return box;
}

function showYourTimes(within) {
	for (const label of all(".times label:not(:has(small))", within)) {
		const words = yourTime(document.getElementById(label.htmlFor)?.value || "");
		if (words) label.append(" ", small(words));
	}
	for (const time of all("time[data-local]:not([data-done])", within)) {
		time.dataset.done = "";
		const words = yourTime(time.dateTime);
		if (words) time.append(` (${words}, your time)`);
	}
}

// Radios are one stop for Tab, which the chosen time takes. From an open day's heading Tab and the
// arrow go into that day all the same.
document.addEventListener("keydown", (e) => {
	const day = e.target.closest?.(".day[open]");
	if (!day || e.target.localName !== "summary" || e.shiftKey || (e.key !== "Tab" && e.key !== "ArrowDown")) return;
	e.preventDefault();
	(day.querySelector("input:checked") ?? day.querySelector("input"))?.focus();
});

// A held time counts down by the page's own age: the reader's clock may be wrong.
function countDown(box) {
	const end = performance.now() + Number(box.dataset.left) * 1000;
	const shown = box.querySelector("[data-clock]");
	const said = box.querySelector("[data-say]");
	let spoken = Infinity;
	const tick = () => {
		if (!box.isConnected) return clearInterval(timer);
		const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
		shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
		for (const minutes of [5, 1]) {
			if (seconds <= minutes * 60 && spoken > minutes) {
				spoken = minutes;
				said.textContent = `${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
			}
		}
		if (seconds > 0) return;
		clearInterval(timer);
		box.classList.add("over");
		box.querySelector("[data-running]").hidden = true;
		box.querySelector("[data-over]").hidden = false;
		said.textContent = "The held time has run out";
	};
	const timer = setInterval(tick, 1000);
	tick();
}

// A code may be pasted with spaces or words around it.
function cleanCode(input) {
	input.addEventListener("input", () => {
		const digits = input.value.replace(/\D/g, "").slice(0, 6);
		if (digits !== input.value) input.value = digits;
	});
}

// The filter sheet on a phone: focus goes in, circles between it and the quick exit, and comes back.
function sheet(details) {
	details.addEventListener("toggle", () => {
		if (details.open && narrow.matches) details.querySelector("[data-close]")?.focus();
	});
}
document.addEventListener("keydown", (e) => {
	const details = narrow.matches && document.querySelector(".sheet[open]");
	if (!details) return;
	if (e.key === "Escape") closeSheet(details);
	if (e.key !== "Tab") return;
	const panel = details.querySelector(".sheet-panel");
	const exit = document.querySelector("[data-exit]");
	const stops = [...all("a, button, input, select, summary", panel)].filter((x) => x.offsetParent);
	const now = document.activeElement;
	let next = null;
	if (now === exit) next = e.shiftKey ? stops.at(-1) : stops[0];
	else if (now === (e.shiftKey ? stops[0] : stops.at(-1)) || !panel.contains(now)) next = exit;
	if (!next) return;
	e.preventDefault();
	next.focus();
});
function closeSheet(details) {
	details.open = false;
	details.querySelector("summary").focus();
}
document.addEventListener("click", (e) => {
	const button = e.target.closest?.("[data-close], [data-print], [data-copy]");
	if (!button) {
		for (const menu of all(".menu[open]")) if (!menu.contains(e.target)) menu.open = false;
		return;
	}
	if (button.hasAttribute("data-close")) closeSheet(button.closest("details"));
	if (button.hasAttribute("data-print")) print();
	if (button.hasAttribute("data-copy")) copy(button);
});
document.addEventListener("keydown", (e) => {
	if (e.key !== "Escape") return;
	for (const menu of all(".menu[open]")) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});
document.addEventListener("submit", (e) => {
	const details = e.target.querySelector?.(".sheet[open]");
	if (!details || !narrow.matches) return;
	details.open = false;
	document.querySelector(".results")?.scrollIntoView();
});

async function copy(button) {
	const words = button.textContent;
	await navigator.clipboard.writeText(button.dataset.copy);
	button.textContent = "Copied";
	setTimeout(() => (button.textContent = words), 2000);
}

// The search box completes what is typed: an ARIA 1.2 combobox over a list of our own server.
// Nothing is kept of it. Without a script it is a plain search field.
function combobox(input) {
	const id = `${input.id}-list`;
	let box = document.getElementById(id);
	if (!box) {
		box = Object.assign(document.createElement("div"), { id, className: "suggest", hidden: true });
		box.setAttribute("role", "listbox");
		box.setAttribute("aria-label", "Suggestions");
		box.addEventListener("mousedown", (e) => e.preventDefault()); // the box keeps the focus
		box.addEventListener("click", (e) => input.pick(e.target.closest("[role=option]")));
		input.after(box);
	}
	const now = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
	for (const [name, value] of Object.entries(now)) input.setAttribute(name, value);
	input.box = box;
	if (!input.pick) completes(input);
}

function completes(input) {
	let timer, asked, at;
	const options = () => [...all("[role=option]", input.box)];
	const show = (on) => {
		at = -1;
		input.box.hidden = !on;
		input.setAttribute("aria-expanded", on);
		input.removeAttribute("aria-activedescendant");
	};
	const close = () => {
		clearTimeout(timer);
		asked?.abort();
		show(false);
	};
	const ask = async () => {
		asked?.abort();
		asked = new AbortController();
		const q = input.value.trim();
		if (q.length < 2) return close();
		const answer = await fetch(`/suggest?q=${encodeURIComponent(q)}`, { signal: asked.signal }).catch(() => null);
		const html = answer?.ok ? await answer.text().catch(() => null) : "";
		if (html === null || document.activeElement !== input) return;
		input.box.innerHTML = html;
		const n = options().length;
		show(n > 0);
		announce(n ? `${n} ${n === 1 ? "suggestion" : "suggestions"}. Use the arrow keys.` : "No suggestions");
	};
	const move = (step) => {
		const list = options();
		list[at]?.setAttribute("aria-selected", "false");
		at = at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step;
		if (!list[at]) at = -1; // back in the words themselves
		const option = list[at];
		if (!option) return input.removeAttribute("aria-activedescendant");
		option.setAttribute("aria-selected", "true");
		input.setAttribute("aria-activedescendant", option.id);
		option.scrollIntoView({ block: "nearest" });
	};
	input.pick = (option) => {
		if (!option) return;
		close();
		if (option.dataset.href) return location.assign(option.dataset.href);
		input.value = option.dataset.text;
		input.form.requestSubmit();
	};
	input.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(ask, 120);
	});
	input.addEventListener("blur", close);
	input.addEventListener("keydown", (e) => {
		const open = !input.box.hidden;
		if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			e.preventDefault();
			if (open) move(e.key === "ArrowDown" ? 1 : -1);
			else ask();
		} else if (e.key === "Enter" && open && at >= 0) {
			e.preventDefault();
			input.pick(options()[at]);
		} else if (e.key === "Enter") close();
		else if (e.key === "Escape" && open) {
			e.preventDefault();
			close();
		}
	});
}

let voice;
function announce(words) {
	if (!voice?.isConnected) {
		voice = Object.assign(document.createElement("p"), { className: "vh" });
		voice.setAttribute("role", "status");
		document.getElementById("main").append(voice);
	}
	setTimeout(() => (voice.textContent = words)); // an empty region is there before it speaks
}

// Live filters leave empty answers out of the address.
document.addEventListener("htmx:config:request", (e) => {
	const { body, method } = e.detail.ctx.request;
	if (method !== "GET" || !body?.entries) return;
	for (const [name, value] of [...body.entries()]) if (value === "") body.delete(name);
	for (const box of all(searchBoxes)) box.sent = box.value;
});

// A field may stand elsewhere on the page than the form it belongs to, as the order of results does:
// its form hears of a change all the same.
document.addEventListener("change", ({ target }) => {
	if (target.form && !target.form.contains(target)) target.form.dispatchEvent(new Event("change"));
});

// The answer says what is left of the words; what has been typed since then stays.
function settle(box) {
	if (box.sent === box.value) box.value = box.defaultValue;
	delete box.sent;
}

function prepare(within) {
	fillZones(within);
	showYourTimes(within);
	for (const [selector, start] of [["[data-countdown]", countDown], ["[data-code]", cleanCode], [".sheet", sheet]]) {
		for (const element of all(selector, within)) {
			if (element.wattle) continue;
			element.wattle = true;
			start(element);
		}
	}
	for (const box of all(searchBoxes, within)) combobox(box);
	for (const button of all("[data-print], [data-copy]", within)) button.hidden = false;
}
prepare(document);
// Before htmx has gone over the page it hears no change. It waits for nobody, so the page names
// this file first.
document.addEventListener("htmx:after:process", chooseZone, { once: true, capture: true });
document.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:after:swap", () => {
	for (const box of all(searchBoxes)) settle(box);
	prepare(document);
});
