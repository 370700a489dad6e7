'use strict';
// Filters and opens what is on the page already. It adds no markup: whatever it shows is text.
(() => {
  // paper has no folds, and whatever is found
  let unfolded = [];
  let limited = () => {};
  addEventListener('beforeprint', () => {
    limited(false);
    unfolded = Array.from(document.querySelectorAll('details:not([open])'));
    for (const fold of unfolded) fold.open = true;
  });
  addEventListener('afterprint', () => {
    for (const fold of unfolded) fold.open = false;
    unfolded = [];
    limited(true);
  });

  const form = document.querySelector('.filter');
  if (!form) return;
  const search = form.querySelector('#search');
  const found = form.querySelector('#found');
  const more = form.querySelector('#more');
  const words = [
    ['loses', 'loses'], ['gains', 'gains'], ['unknown', 'unknown'], ['form', 'differs in form'], ['equal', 'the same'],
  ];

  // what can be looked for, read from the page once
  const text = (element) => element.textContent.toLowerCase();
  const one = (element, more) => ({
    element, text: text(element) + (more || ''), verdicts: element.dataset.verdict.split(' '), shown: true,
  });
  const groups = Array.from(document.querySelectorAll('.matrix tbody'), (body) => {
    const what = body.querySelector('tr.what');
    const shared = what ? text(what) : '';
    const rows = Array.from(body.querySelectorAll('tr[data-verdict]'), (row) => one(row, shared));
    return { body, rows };
  });
  const rows = groups.flatMap((group) => group.rows);
  const mappings = Array.from(document.querySelectorAll('.mappings > li'), (item) => one(item));

  // a choice for each verdict that somebody has
  const choices = words.filter(([name]) => rows.some((row) => row.verdicts.includes(name)));
  const fieldset = form.querySelector('.choices');
  for (const [name, said] of choices.length > 1 ? choices : []) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = true;
    box.value = name;
    const label = document.createElement('label');
    label.append(box, said);
    fieldset.append(label);
  }

  // so many of what is found are shown at once: a browser lays out a long table slowly
  const FIRST = 200;
  let limit = FIRST;
  const show = (item, is) => {
    if (item.shown !== is) item.element.hidden = !is;
    item.shown = is;
  };
  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const boxes = Array.from(fieldset.querySelectorAll('input'));
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    // what has no verdict is hidden by no choice but by all
    const chosen = (item) => off.size === 0 || item.verdicts.some((name) => name && !off.has(name));
    const matches = (item) => chosen(item) && wanted.every((word) => item.text.includes(word));
    let principals = 0;
    for (const { body, rows } of groups) {
      let any = false;
      for (const row of rows) {
        const is = matches(row);
        principals += is ? 1 : 0;
        show(row, is && principals <= limit);
        any = any || row.shown;
      }
      body.hidden = !any;
    }
    let shown = 0;
    for (const mapping of mappings) {
      const is = matches(mapping);
      shown += is ? 1 : 0;
      show(mapping, is && shown <= limit);
    }
    const said = [];
    if (rows.length > 0) said.push(`${principals} of ${rows.length} principals`);
    if (mappings.length > 0) said.push(`${shown} of ${mappings.length} mappings`);
    const isCut = Math.max(principals, shown) > limit;
    found.textContent = said.join(', ') + (isCut ? `; the first ${limit} are shown` : '');
    more.hidden = !isCut;
  };
  form.addEventListener('input', () => {
    limit = FIRST;
    filter();
  });
  more.addEventListener('click', () => {
    limit = Infinity;
    filter();
    search.focus();
  });
  limited = (is) => {
    limit = is ? FIRST : Infinity;
    filter();
  };
  form.addEventListener('submit', (event) => event.preventDefault());

  const button = form.querySelector('#open');
  const folds = () => Array.from(document.querySelectorAll('.matrix tbody:not([hidden]) details'));
  button.addEventListener('click', () => {
    const all = folds();
    const open = !all.every((fold) => fold.open);
    for (const fold of all) fold.open = open;
    button.textContent = open ? 'Close all' : 'Open all';
  });
  button.hidden = folds().length === 0;

  // a link to what the filter hides shows it
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || target.closest('[hidden]') === null) return;
    search.value = '';
    limit = Infinity;
    for (const box of fieldset.querySelectorAll('input')) box.checked = true;
    filter();
    target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);

  form.hidden = false;
  filter();
})();
