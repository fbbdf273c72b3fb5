// What keeps the pages up to date. Without it everything can be read all the same; only "reload" is the reader's.
"use strict";
(function () {
  const root = document.documentElement;
  const body = document.body;
  root.classList.add("js");

  // The server made both sides; what is equal stays as it is, so focus, selection and open details stay too.
  function morph(from, to) {
    if (from.isEqualNode(to)) {
      return;
    }
    if (from.nodeName !== to.nodeName || from.nodeType !== to.nodeType || (from.id || "") !== (to.id || "")) {
      from.replaceWith(document.importNode(to, true));
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE) {
      from.data = to.data;
      return;
    }
    attributes(from, to);
    if (!from.hasAttribute("data-keep")) {
      children(from, to);
    }
  }

  function attributes(from, to) {
    for (const name of from.getAttributeNames()) {
      // whoever has opened something wants to see it
      if (!to.hasAttribute(name) && !(name === "open" && from.nodeName === "DETAILS")) {
        from.removeAttribute(name);
      }
    }
    for (const name of to.getAttributeNames()) {
      if (from.getAttribute(name) !== to.getAttribute(name) && !(name === "open" && from.nodeName === "DETAILS")) {
        from.setAttribute(name, to.getAttribute(name));
      }
    }
  }

  function children(from, to) {
    const known = new Map();
    for (const child of from.children) {
      if (child.id) {
        known.set(child.id, child);
      }
    }
    let at = from.firstChild;
    for (const wanted of Array.from(to.childNodes)) {
      const same = wanted.id && known.get(wanted.id);
      if (same) {
        if (same === at) {
          at = at.nextSibling;
        } else {
          from.insertBefore(same, at);
        }
        morph(same, wanted);
      } else if (at && !wanted.id && !at.id && at.nodeName === wanted.nodeName) {
        const next = at.nextSibling;
        morph(at, wanted);
        at = next;
      } else {
        from.insertBefore(document.importNode(wanted, true), at);
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  // on a phone what is filtered comes first
  for (const filters of document.querySelectorAll("details.filters")) {
    if (innerWidth <= 760 && !filters.hasAttribute("data-filtered")) {
      filters.open = false;
    }
  }

  htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap: (style, target, fragment) => {
      if (style !== "morph") {
        return false;
      }
      const wanted = fragment.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? fragment.firstElementChild : fragment;
      if (wanted) {
        morph(target, wanted);
      }
      return [target];
    },
  });
  body.setAttribute("hx-ext", "morph");

  // One sentence for screen readers, at most every ten seconds.
  const said = document.getElementById("said");
  let lastSaid = 0;
  let toSay = "";
  let sayTimer = 0;
  function say(text, now) {
    if (!text || text === said.textContent) {
      return;
    }
    toSay = text;
    const wait = now ? 0 : lastSaid + 10000 - Date.now();
    if (wait > 0) {
      sayTimer = sayTimer || setTimeout(speak, wait);
    } else {
      speak();
    }
  }

  function speak() {
    clearTimeout(sayTimer);
    sayTimer = 0;
    lastSaid = Date.now();
    said.textContent = toSay;
  }

  // The page is asked for again when something has changed; never twice at once, and the slower the server, the more seldom.
  const parts = ["live-head", "live", "figure"].map((id) => document.getElementById(id)).filter((part) => part);
  let asking = false;
  let again = false;
  function refresh() {
    if (parts.length === 0) {
      return;
    }
    if (asking || document.hidden) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    const began = performance.now();
    const others = parts.slice(1).map((part) => "#" + part.id + ":morph").join(",");
    const done = () => {
      setTimeout(() => {
        asking = false;
        if (again) {
          refresh();
        }
      }, Math.max(1000, 4 * (performance.now() - began)));
    };
    htmx
      .ajax("GET", location.pathname + location.search, {
        source: body,
        target: parts[0],
        select: "#" + parts[0].id,
        selectOOB: others,
        swap: "morph",
        headers: { "Jet-Refresh": "true" },
      })
      .then(done, done);
  }

  body.addEventListener("htmx:afterSettle", () => {
    const part = document.getElementById("live-head") || document.getElementById("live");
    if (part) {
      say(part.dataset.say, part.dataset.ended === "true");
    }
    body.dispatchEvent(new CustomEvent("jet:refreshed"));
  });

  // The stream of the server, with the states that a connection has: open, lost and trying again, refused.
  const banner = document.getElementById("connection");
  let problems = new Set();
  function trouble(who, text, link) {
    problems.add(who);
    banner.textContent = text;
    if (link) {
      const a = document.createElement("a");
      a.href = link;
      a.textContent = " Log in again";
      banner.append(a);
    }
    banner.hidden = false;
  }

  function well(who) {
    problems.delete(who);
    if (problems.size === 0 && !banner.hidden) {
      banner.hidden = true;
      banner.textContent = "";
      say("Connected again.", true);
    }
  }

  /**
   * Keeps a stream of events open while the page is seen.
   *
   * @param address function that makes its address; called again for each new connection
   * @param events functions by name of the event
   */
  function stream(address, events) {
    let source = null;
    let tries = 0;
    let retry = 0;
    let slow = 0;
    let heard = Date.now();
    let beats = false;
    let ended = false;
    let closedForHiding = 0;
    const me = {};

    function open() {
      clearTimeout(retry);
      if (source) {
        source.close();
      }
      if (ended) {
        return;
      }
      heard = Date.now();
      source = new EventSource(address());
      source.onopen = () => {
        tries = 0;
        heard = Date.now();
        clearTimeout(slow);
        slow = 0;
        well(me);
        if (events.open) {
          events.open();
        }
      };
      source.onerror = () => {
        // the browser tries again each second: the first failure counts
        slow = slow || setTimeout(lost, tries === 0 ? 1500 : 0);
        if (source.readyState === EventSource.CLOSED) {
          again();
        }
      };
      for (const name of Object.keys(events)) {
        if (name !== "open") {
          source.addEventListener(name, (event) => {
            heard = Date.now();
            events[name](event);
          });
        }
      }
      source.addEventListener("beat", () => {
        beats = true;
        heard = Date.now();
      });
    }

    const since = () => new Date(heard).toISOString().slice(11, 19);
    function lost() {
      slow = 0;
      if (!ended && (!source || source.readyState !== EventSource.OPEN)) {
        trouble(me, "Connection lost at " + since() + ". Trying again. What you see may be old.");
      }
    }

    // The browser gave up: the server answered, but with an error.
    function again() {
      tries++;
      clearTimeout(retry);
      const wait = Math.min(30000, 1000 * 2 ** Math.min(tries - 1, 5)) * (0.75 + Math.random() / 2);
      retry = setTimeout(async () => {
        try {
          const answer = await fetch(location.href, { method: "GET", headers: { "Jet-Refresh": "true" }, redirect: "manual" });
          if (answer.type === "opaqueredirect" || answer.status === 401) {
            trouble(me, "You are logged out.", body.dataset.base + "/login?next=" + encodeURIComponent(location.pathname + location.search));
            again();
            return;
          }
        } catch (e) {
          // still no connection
        }
        lost();
        open();
      }, wait);
    }

    me.close = () => {
      ended = true;
      clearTimeout(retry);
      clearTimeout(slow);
      if (source) {
        source.close();
      }
      well(me);
    };
    me.reopen = () => {
      tries = 0;
      open();
    };

    // A browser has six connections to a server for all of its tabs: those that nobody looks at give theirs back.
    document.addEventListener("visibilitychange", () => {
      clearTimeout(closedForHiding);
      if (document.hidden) {
        closedForHiding = setTimeout(() => {
          if (source) {
            source.close();
            source = null;
          }
        }, 20000);
      } else if (!source && !ended) {
        open();
      }
    });
    addEventListener("online", () => me.reopen());
    addEventListener("pagehide", () => source && source.close());
    addEventListener("pageshow", (event) => event.persisted && me.reopen());
    // a machine that slept does not notice that its connection is dead
    setInterval(() => {
      if (beats && source && !document.hidden && !ended && Date.now() - heard > 45000) {
        lost();
        open();
      }
    }, 5000);
    open();
    return me;
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && again) {
      refresh();
    }
  });

  window.jet = { stream, refresh, say, trouble, well };

  if (body.dataset.stream && window.EventSource) {
    let first = true;
    let main = null;
    const events = {
      open: () => {
        // what came while there was no connection is in the page
        if (!first) {
          refresh();
        }
        first = false;
      },
      end: () => {
        refresh();
        main.close();
      },
    };
    events[body.dataset.events] = refresh;
    main = stream(() => body.dataset.stream, events);
  }

  // "Copy 12 hosts": the server has all names, the page may have ranges only.
  async function copy(button) {
    const words = button.textContent;
    try {
      const names = fetch(button.dataset.copy).then((answer) => {
        if (!answer.ok) {
          throw new Error("the server answered " + answer.status);
        }
        return answer.text();
      });
      if (navigator.clipboard && window.ClipboardItem) {
        const blob = names.then((text) => new Blob([text], { type: "text/plain" }));
        await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      } else {
        // without TLS browsers have no clipboard
        const area = document.createElement("textarea");
        area.value = await names;
        button.after(area);
        area.select();
        const copied = document.execCommand("copy");
        area.remove();
        if (!copied) {
          throw new Error("the browser does not allow it");
        }
      }
      button.textContent = "Copied";
      say("Copied.", true);
    } catch (e) {
      button.textContent = "Not copied: " + e.message;
      say(button.textContent, true);
    }
    setTimeout(() => (button.textContent = words), 3000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      copy(button);
    }
  });

  // pressed twice by a shaking hand: once is enough
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "post") {
      if (form.dataset.sent) {
        event.preventDefault();
      }
      form.dataset.sent = "yes";
    }
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  body.addEventListener("htmx:responseError", () => trouble("htmx", "The server answered with an error. Trying again with the next change."));
  body.addEventListener("htmx:afterOnLoad", () => well("htmx"));
})();
