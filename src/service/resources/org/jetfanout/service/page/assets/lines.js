// The lines of a run: at most 2,000 rows in the page, however many there are. Text is set as text, never as HTML.
"use strict";
(function () {
  const box = document.getElementById("window");
  if (!box) {
    return;
  }
  const MOST = 2000;
  const PART = 500;
  // while somebody scrolls: so few that the page answers within a frame or two
  const STEP = 200;
  const LONGEST = 2000;
  const list = document.getElementById("lines");
  const follow = document.getElementById("follow");
  const where = document.getElementById("where");
  const base = document.body.dataset.base;
  const run = base + "/runs/" + box.dataset.guid;
  const api = base + "/api/v1/runs/" + box.dataset.guid;
  const filter = box.dataset.filter;
  let before = Number(box.dataset.before);
  let next = Number(box.dataset.next);
  let total = Number(box.dataset.total);
  let lastId = box.dataset.id;
  let ended = box.dataset.ended === "true";
  let loading = false;
  let stream = null;
  let queue = [];
  let frame = 0;

  const number = (n) => n.toLocaleString("en");
  // as the server does it; the stream has been there, too
  const harmless = (text) =>
    text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, (c) =>
      c === "\u001b" ? "^[" : "<U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + ">",
    );

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  function row(line) {
    const li = element("li", line.level || "", "");
    li.id = "L" + line.number;
    const link = element("a", "n", line.number);
    link.href = run + "/lines?" + (filter ? filter + "&" : "") + "from=" + Math.max(1, line.number - 20) + "#L" + line.number;
    link.setAttribute("aria-label", "Link to line " + line.number);
    const time = element("time", "", line.time.slice(11, 19));
    time.dateTime = line.time;
    const worker = element("span", "w", harmless(line.worker));
    worker.title = worker.textContent;
    const cut = line.text.length > LONGEST;
    const text = element("span", "t", harmless(cut ? line.text.slice(0, LONGEST) + "…" : line.text));
    text.dir = "auto";
    if (cut) {
      const whole = element("a", "", "whole line");
      whole.href = run + "/lines?from=" + line.number + "&limit=1";
      text.append(" ", whole);
    }
    li.append(link, time, worker, text);
    return li;
  }

  function rows(lines) {
    const fragment = document.createDocumentFragment();
    for (const line of lines) {
      fragment.append(row(line));
    }
    return fragment;
  }

  const atBottom = () => box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const firstNumber = () => (list.firstElementChild ? Number(list.firstElementChild.id.slice(1)) : 0);
  const lastNumber = () => (list.lastElementChild ? Number(list.lastElementChild.id.slice(1)) : 0);

  function tell() {
    const none = document.getElementById("no-lines");
    if (none && list.firstElementChild) {
      none.remove();
    }
    where.textContent = list.firstElementChild
      ? (filter ? number(list.childElementCount) + " lines, " : "lines ") +
        number(firstNumber()) + " to " + number(lastNumber()) + " of " + number(total) + (ended ? "" : " so far")
      : number(total) + " lines";
  }

  function append(lines) {
    const last = lastNumber();
    const fresh = lines.filter((line) => line.number > last).slice(-MOST);
    if (fresh.length === 0) {
      return;
    }
    list.append(rows(fresh));
    let over = list.childElementCount - MOST;
    if (over > 0) {
      const height = box.scrollHeight;
      while (over-- > 0) {
        list.firstElementChild.remove();
      }
      before = firstNumber();
      if (!follow.checked) {
        box.scrollTop -= height - box.scrollHeight;
      }
    }
    next = Math.max(next, lastNumber() + 1);
    total = Math.max(total, lastNumber());
  }

  function prepend(lines) {
    const first = firstNumber();
    const fresh = lines.filter((line) => !first || line.number < first);
    const height = box.scrollHeight;
    list.prepend(rows(fresh));
    box.scrollTop += box.scrollHeight - height;
    while (list.childElementCount > MOST) {
      list.lastElementChild.remove();
      next = lastNumber() + 1;
    }
  }

  async function ask(query) {
    const answer = await fetch(api + "/lines?" + query + (filter ? "&" + filter : ""), { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      throw new Error("the server answered " + answer.status);
    }
    return answer.json();
  }

  // runs one search at a time, and says so
  async function load(job) {
    if (loading) {
      return;
    }
    loading = true;
    box.setAttribute("aria-busy", "true");
    where.textContent = "loading …";
    try {
      await job();
      jet.well("lines");
      tell();
    } catch (e) {
      jet.trouble("lines", "The lines could not be loaded: " + e.message + ". Try again.");
      tell();
    } finally {
      loading = false;
      box.removeAttribute("aria-busy");
    }
  }

  const older = () =>
    load(async () => {
      if (before > 1) {
        const page = await ask("before=" + before + "&limit=" + STEP);
        total = page.total;
        before = page.before;
        prepend(page.lines);
      }
    });

  const newer = () =>
    load(async () => {
      const page = await ask("from=" + next + "&limit=" + STEP);
      total = page.total;
      ended = page.complete;
      append(page.lines);
      next = Math.max(next, page.next);
    });

  function replace(page) {
    list.replaceChildren(rows(page.lines));
    before = page.before;
    next = page.next;
    total = page.total;
    ended = page.complete;
    lastId = "";
  }

  const newest = () =>
    load(async () => {
      replace(await ask("before=" + Number.MAX_SAFE_INTEGER + "&limit=" + PART));
      box.scrollTop = box.scrollHeight;
    });

  const oldest = () =>
    load(async () => {
      replace(await ask("from=1&limit=" + PART));
      box.scrollTop = 0;
    });

  const around = (line) =>
    load(async () => {
      replace(await ask("from=" + Math.max(1, line - 100) + "&limit=" + PART));
      pick();
    });

  function pick() {
    const id = location.hash.slice(1);
    for (const old of list.querySelectorAll(".picked")) {
      old.classList.remove("picked");
    }
    const picked = /^L[0-9]+$/.test(id) && document.getElementById(id);
    if (picked) {
      picked.classList.add("picked");
      picked.scrollIntoView({ block: "center" });
    }
    return picked;
  }

  // New lines are put into the page once a frame, and of a flood only the last ones.
  function flush() {
    frame = 0;
    const lines = queue.length > MOST ? queue.slice(-MOST) : queue;
    if (queue.length > MOST) {
      list.replaceChildren();
      before = lines[0].number;
    }
    queue = [];
    append(lines);
    tell();
    if (follow.checked) {
      box.scrollTop = box.scrollHeight;
    }
  }

  async function start() {
    // what is between the page and the end
    await newest();
    if (!follow.checked || ended) {
      return;
    }
    let after = next - 1;
    stream = jet.stream(
      () => api + "/stream?from=" + Math.max(1, Math.max(after, lastNumber()) + 1) + (filter ? "&" + filter : ""),
      {
        line: (event) => {
          const batch = JSON.parse(event.data);
          queue.push(...batch.lines);
          if (batch.lines.length) {
            after = batch.lines[batch.lines.length - 1].number;
          }
          if (queue.length > 4 * MOST) {
            queue = queue.slice(-MOST - 1);
          }
          // a page that nobody sees has no frames
          frame = frame || (document.hidden ? setTimeout(flush, 1000) : requestAnimationFrame(flush));
        },
        end: () => {
          ended = true;
          stop();
          newer();
        },
      },
    );
  }

  function stop() {
    if (stream) {
      stream.close();
      stream = null;
    }
  }

  follow.addEventListener("change", () => {
    stop();
    if (follow.checked) {
      start();
    }
  });

  function unfollow() {
    if (follow.checked) {
      follow.checked = false;
      stop();
      jet.say("Following stopped.", true);
    }
  }

  for (const [id, job] of Object.entries({ oldest, older, newer, newest })) {
    const link = document.getElementById(id);
    if (link) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        if (id !== "newest") {
          unfollow();
        }
        job();
      });
    }
  }

  let scrolled = box.scrollTop;
  box.addEventListener(
    "scroll",
    () => {
      const up = box.scrollTop < scrolled;
      scrolled = box.scrollTop;
      if (up && !atBottom() && follow.checked && !loading) {
        unfollow();
      }
      if (up && box.scrollTop < 300 && before > 1) {
        older();
      } else if (!up && !follow.checked && atBottom() && next <= total) {
        newer();
      }
    },
    { passive: true },
  );

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a.n");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      unfollow();
      history.replaceState(null, "", link.href);
      pick();
    }
  });

  addEventListener("hashchange", () => pick());

  if (location.hash.match(/^#L[0-9]+$/)) {
    follow.checked = false;
    if (!pick()) {
      around(Number(location.hash.slice(2)));
    }
  } else if (follow.checked) {
    start();
  } else if (!new URLSearchParams(location.search).has("from") && !new URLSearchParams(location.search).has("before")) {
    box.scrollTop = box.scrollHeight;
  }
})();
