'use strict';
(() => {
  // A part is on the page once in each language; both are stepped together.
  const parts = new Map();
  for (const section of document.querySelectorAll('.part')) {
    const key = section.dataset.part;
    if (!parts.has(key)) {
      // One more step than calls: the last shows the whole picture.
      const last = Number(section.dataset.steps) + 1;
      const of = section.closest('article').dataset.case;
      parts.set(key, { key, of, last, step: last, isBegun: false, sections: [] });
    }
    parts.get(key).sections.push(section);
  }
  const numbers = (text) => (text ? text.split(' ').map(Number) : []);

  const showLane = (lane, step, isWhole) => {
    const all = lane.dataset.all || (lane.dataset.all = lane.getAttribute('width'));
    const width = isWhole ? Number(all) : numbers(lane.dataset.ends)[step] + 1;
    const shown = width > 1 ? width : 0;
    const box = lane.getAttribute('viewBox').split(' ');
    lane.setAttribute('width', shown);
    // Its content keeps its size while its width grows.
    lane.setAttribute('preserveAspectRatio', 'xMinYMin slice');
    lane.setAttribute('viewBox', [box[0], box[1], shown || 1, box[3]].join(' '));
  };

  const showWaiting = (waiting, step, isWhole) => {
    const data = waiting.dataset;
    const [waits, start, end] = [data.waits, data.starts, data.ends].map((all) => numbers(all)[step]);
    // The waiting bytes may be in another panel; every panel says so if nothing waits.
    const isNone = waits === 0;
    const isThere = !isWhole && (isNone || end > start);
    waiting.setAttribute('display', isThere ? 'inline' : 'none');
    if (!isThere) return;
    const [rect, text] = waiting.children;
    rect.setAttribute('x', start);
    rect.setAttribute('width', end - start);
    text.setAttribute('class', isNone ? 'says' : '');
    text.setAttribute('x', isNone ? 6 : (start + end) / 2);
    text.textContent = data.labels.split('|')[step] || data.unknown;
  };

  const showBytes = (figure, step, isWhole) => {
    const sent = numbers(figure.dataset.sent)[step];
    const received = numbers(figure.dataset.received);
    for (const kind of ['.bytes td:not(.text):not(.none):not(.gap)', '.bytes td.text']) {
      figure.querySelectorAll(kind).forEach((cell, offset) => {
        cell.classList.toggle('later', !isWhole && offset >= sent);
        cell.classList.toggle('received', !isWhole && offset < received[step]);
      });
    }
  };

  // Bytes cut off a datagram are marked from its recv on.
  const showCuts = (section, step) => {
    for (const cell of section.querySelectorAll('[data-cut]')) {
      cell.classList.toggle('cut', Number(cell.dataset.cut) <= step);
    }
    for (const cell of section.querySelectorAll('[data-halved]')) {
      cell.textContent = Number(cell.dataset.halved) <= step ? cell.dataset.half : cell.dataset.whole;
    }
  };

  const say = (section, part, isWhole) => {
    const words = section.closest('.view').dataset;
    const row = section.querySelector(`tr[data-step="${part.step}"]`);
    const text = isWhole
      ? words.whole
      : words.at.replace('%what', () => (row ? row.dataset.said : words.before));
    return text.replace('%k', part.step).replace('%n', part.last - 1);
  };

  const show = (part, step) => {
    part.step = Math.max(0, Math.min(step, part.last));
    const isWhole = part.step === part.last;
    for (const section of part.sections) {
      section.classList.toggle('stepping', !isWhole);
      for (const it of section.querySelectorAll('[data-step]')) {
        it.classList.toggle('later', Number(it.dataset.step) > part.step);
      }
      for (const row of section.querySelectorAll('.timeline tr[data-step]')) {
        const isNow = !isWhole && Number(row.dataset.step) === part.step;
        if (isNow) row.setAttribute('aria-current', 'step');
        else row.removeAttribute('aria-current');
      }
      for (const it of section.querySelectorAll('.lane[data-ends]')) showLane(it, part.step, isWhole);
      for (const it of section.querySelectorAll('.waiting')) showWaiting(it, part.step, isWhole);
      for (const it of section.querySelectorAll('figure')) showBytes(it, part.step, isWhole);
      showCuts(section, part.step);
      const said = say(section, part, isWhole);
      section.querySelector('output').textContent = said;
      // A picture's description would give away what comes; while stepping, the step's text replaces it.
      for (const it of section.querySelectorAll('.map')) {
        it.dataset.words ??= it.getAttribute('aria-label');
        it.setAttribute('aria-label', isWhole ? it.dataset.words : said);
      }
      // A disabled button would lose the focus, so it only has `aria-disabled`.
      for (const button of section.querySelectorAll('[data-go]')) {
        const isBack = button.dataset.go === 'first' || button.dataset.go === 'back';
        button.setAttribute('aria-disabled', String(isBack ? part.step === 0 : isWhole));
      }
    }
  };

  const partsOfCase = (part) => [...parts.values()].filter((it) => it.of === part.of);

  // At its beginning a case asks what will happen, so its title and its lesson stay hidden.
  const veil = (part) => {
    const ofCase = partsOfCase(part);
    const isAsked = ofCase.some((it) => it.step === 0);
    const isAnswered = ofCase.every((it) => it.step === it.last);
    if (!isAsked && !isAnswered) return;
    for (const it of document.querySelectorAll(`[data-case="${part.of}"]`)) {
      it.classList.toggle('veiled', isAsked);
    }
  };

  const go = (part, step) => {
    part.isBegun = true;
    show(part, step);
    veil(part);
  };

  const view = () => document.querySelector('.switch:checked').value;
  const sectionOf = (part) => part.sections.find((it) => it.closest('.view').id === view());

  // The extent of a part: the first of a case includes its heading, the last its lesson.
  const extent = (part) => {
    const section = sectionOf(part);
    const article = section.closest('article');
    const all = article.querySelectorAll('.part');
    const ofCase = article.getBoundingClientRect();
    const own = section.getBoundingClientRect();
    return {
      top: section === all[0] ? ofCase.top : own.top,
      bottom: section === all[all.length - 1] ? ofCase.bottom : own.bottom,
    };
  };

  // The part that the keys act on: the one that is most in view, among those of the case with
  // the focus if that is in view, otherwise among all.
  const current = () => {
    const upper = document.querySelector('.bar').getBoundingClientRect().bottom;
    const focus = document.activeElement;
    const [focusPart, focusCase] = [focus?.closest('.part'), focus?.closest('article')];
    const found = [...parts.values()].map((part) => {
      const { top, bottom } = extent(part);
      const seen = Math.min(bottom, innerHeight) - Math.max(top, upper);
      const isHeld = focusPart ? sectionOf(part) === focusPart : part.of === focusCase?.dataset.case;
      const own = sectionOf(part).getBoundingClientRect();
      const isNear = isHeld && own.top < innerHeight && own.bottom > upper;
      const isThere = isNear || seen >= Math.min(bottom - top, innerHeight - upper) / 2;
      return { part, seen, bottom, isHeld, isThere };
    });
    const seen = found.filter((it) => it.seen > 0).sort((one, other) => other.seen - one.seen);
    // Above all cases none is in view; the next is the first.
    return seen.find((it) => it.isHeld) ?? seen[0] ?? found[0];
  };

  // Scrolls to a part, and moves the focus there if a case has it.
  const visit = (part) => {
    const section = sectionOf(part);
    const article = section.closest('article');
    const focus = document.activeElement;
    const button = focus?.closest('[data-go]');
    if (button) section.querySelector(`[data-go=${button.dataset.go}]`).focus({ preventScroll: true });
    else if (focus?.closest('article')) article.focus({ preventScroll: true });
    (section === article.querySelector('.part') ? article : section).scrollIntoView();
  };

  // A case that has not been stepped through begins with all its parts.
  const begin = (part) => {
    for (const it of partsOfCase(part)) {
      if (it === part || !it.isBegun) go(it, 0);
    }
    visit(part);
  };

  // Each function returns whether it handled the key; otherwise the browser does.
  const next = ({ part, isThere, bottom }) => {
    const isWhole = part.step === part.last;
    if (isWhole && !part.isBegun) {
      begin(part);
    } else if (!isThere) {
      visit(part);
    } else if (!isWhole) {
      go(part, part.step + 1);
    } else if (bottom > innerHeight + 1) {
      // The verdict and the lesson first.
      scrollBy({ top: Math.min(bottom - innerHeight, innerHeight * 0.8), behavior: 'instant' });
    } else {
      const all = [...parts.values()];
      const following = all[all.indexOf(part) + 1];
      if (!following) return false;
      begin(following);
    }
    return true;
  };
  const back = ({ part, isThere, isHeld }) => {
    if (!isThere || (!part.isBegun && !isHeld)) return false;
    if (part.step > 0) {
      go(part, part.step - 1);
      return true;
    }
    const all = [...parts.values()];
    const before = all[all.indexOf(part) - 1];
    if (!before) return false;
    go(before, before.last);
    visit(before);
    return true;
  };
  // These keys scroll the page as usual until it is stepped through.
  const isStepped = () => [...parts.values()].some((it) => it.isBegun)
    || document.activeElement.matches('[data-go]');
  const end = (step) => ({ part, isThere }) => {
    if (!isThere || !isStepped()) return false;
    go(part, step(part));
    return true;
  };
  const space = (found) => isStepped() && next(found);

  const KEYS = {
    ArrowLeft: back,
    ArrowRight: next,
    PageUp: back,
    PageDown: next,
    Home: end(() => 0),
    End: end((part) => part.last),
    ' ': space,
  };
  addEventListener('keydown', (event) => {
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    const isPressed = event.key === ' ' && event.target.closest('button, a, input');
    const isSwitched = event.key.startsWith('Arrow') && event.target.matches('input');
    const act = KEYS[event.key];
    if (act && isPlain && !isPressed && !isSwitched && act(current())) event.preventDefault();
  });

  for (const part of parts.values()) {
    const to = {
      first: () => 0, back: () => part.step - 1, next: () => part.step + 1, last: () => part.last,
    };
    for (const section of part.sections) {
      section.addEventListener('click', (event) => {
        const button = event.target.closest('[data-go]');
        if (button) go(part, to[button.dataset.go]());
      });
    }
    show(part, part.last);
  }
  for (const it of document.querySelectorAll('.scripted')) it.hidden = false;
  for (const it of document.querySelectorAll('.rewind')) {
    it.addEventListener('click', () => parts.forEach((part) => go(part, 0)));
  }
  // A button pressed with the mouse gives up the focus, so that it does not catch a presenter's keys.
  for (const it of document.querySelectorAll('.rewind, .switch')) {
    it.addEventListener('click', () => it.matches(':focus-visible') || it.blur());
  }

  // The language: the page switches without script; this sets `lang` and keeps the position.
  let place = null;
  const remember = () => {
    const articles = [...document.querySelectorAll(`#${view()} article`)];
    const near = articles.filter((it) => it.getBoundingClientRect().top < innerHeight / 2).pop();
    place = near ? { id: near.id.split('-')[1], top: near.getBoundingClientRect().top } : null;
  };
  const settle = () => {
    const shown = document.getElementById(view());
    document.documentElement.lang = shown.lang;
    document.title = shown.dataset.title;
  };
  addEventListener('scroll', remember, { passive: true });
  for (const it of document.querySelectorAll('.switch')) {
    it.addEventListener('change', () => {
      const before = place;
      settle();
      if (!before) return;
      const article = document.getElementById(`${view()}-${before.id}`);
      scrollBy({ top: article.getBoundingClientRect().top - before.top, behavior: 'instant' });
    });
  }
  // A link may point into the language that is not shown.
  const linked = document.getElementById(`to-${location.hash.slice(1).split('-')[0]}`);
  if (linked) linked.checked = true;
  settle();
  if (linked) document.getElementById(location.hash.slice(1))?.scrollIntoView();

  // In print every picture is whole, whatever is on the screen.
  let steps = [];
  addEventListener('beforeprint', () => {
    steps = [...parts.values()].map((part) => part.step);
    parts.forEach((part) => show(part, part.last));
  });
  addEventListener('afterprint', () => {
    [...parts.values()].forEach((part, index) => show(part, steps[index] ?? part.last));
  });
})();
