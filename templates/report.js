'use strict';
(() => {
  // A part stands on the page once in each language; both go together.
  const parts = new Map();
  for (const section of document.querySelectorAll('.part')) {
    const key = section.dataset.part;
    if (!parts.has(key)) {
      // One step more than there are calls: the whole picture.
      const last = Number(section.dataset.steps) + 1;
      parts.set(key, { key, last, step: last, sections: [] });
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
    lane.setAttribute('viewBox', [box[0], box[1], shown || 1, box[3]].join(' '));
  };

  const showWaiting = (waiting, step, isWhole) => {
    const start = numbers(waiting.dataset.starts)[step];
    const end = numbers(waiting.dataset.ends)[step];
    const isThere = !isWhole && end > start;
    waiting.setAttribute('display', isThere ? 'inline' : 'none');
    if (!isThere) return;
    const [rect, text] = waiting.children;
    rect.setAttribute('x', start);
    rect.setAttribute('width', end - start);
    text.setAttribute('x', (start + end) / 2);
    text.textContent = waiting.dataset.labels.split('|')[step];
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
      section.querySelector('output').textContent = say(section, part, isWhole);
      // A button that is disabled would lose the focus, so it only says that it does nothing.
      for (const button of section.querySelectorAll('[data-go]')) {
        const isBack = button.dataset.go === 'first' || button.dataset.go === 'back';
        button.setAttribute('aria-disabled', String(isBack ? part.step === 0 : isWhole));
      }
    }
  };

  const go = (part, where) => {
    const to = { first: 0, back: part.step - 1, next: part.step + 1, last: part.last }[where];
    show(part, to);
  };

  const KEYS = {
    ArrowLeft: 'back', ArrowRight: 'next', PageUp: 'back', PageDown: 'next', Home: 'first', End: 'last',
  };
  for (const part of parts.values()) {
    for (const section of part.sections) {
      section.addEventListener('click', (event) => {
        const button = event.target.closest('[data-go]');
        if (button) go(part, button.dataset.go);
      });
      section.addEventListener('keydown', (event) => {
        const where = KEYS[event.key];
        const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
        const scrolls = event.target.scrollWidth > event.target.clientWidth + 1;
        const isScrolling = event.key.startsWith('Arrow') && event.target.matches('.scroll') && scrolls;
        if (!where || !isPlain || isScrolling) return;
        event.preventDefault();
        go(part, where);
      });
    }
    show(part, part.last);
  }
  for (const it of document.querySelectorAll('.scripted')) it.hidden = false;
  for (const it of document.querySelectorAll('.rewind')) {
    it.addEventListener('click', () => parts.forEach((part) => show(part, 0)));
  }

  // The language: the page shows one without this; here its name is told, and the place kept.
  const view = () => document.querySelector('.switch:checked').value;
  let place = null;
  const remember = () => {
    const articles = [...document.querySelectorAll(`#${view()} article`)];
    const near = articles.filter((it) => it.getBoundingClientRect().top < innerHeight / 2).pop();
    place = near ? { id: near.id.split('-')[1], top: near.getBoundingClientRect().top } : null;
  };
  const settle = () => {
    const main = document.getElementById(view());
    document.documentElement.lang = main.lang;
    document.title = main.dataset.title;
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
  // A link may lead into the view that is not shown.
  const linked = document.getElementById(`to-${location.hash.slice(1).split('-')[0]}`);
  if (linked) linked.checked = true;
  settle();
  if (linked) document.getElementById(location.hash.slice(1))?.scrollIntoView();

  // A print shows the whole picture, whatever is on the screen.
  let steps = [];
  addEventListener('beforeprint', () => {
    steps = [...parts.values()].map((part) => part.step);
    parts.forEach((part) => show(part, part.last));
  });
  addEventListener('afterprint', () => {
    [...parts.values()].forEach((part, index) => show(part, steps[index] ?? part.last));
  });
})();
