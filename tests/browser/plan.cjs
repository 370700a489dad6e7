'use strict';
// What somebody does with the page of a plan. usage: node plan.cjs SCENARIO FILE [MORE]; what is measured is printed as JSON.

const fs = require('node:fs');
const path = require('node:path');
const { assert, withBrowser, onPage } = require('./page.cjs');

const WIDE = { viewport: { width: 1280, height: 900 } };
const NARROW = { viewport: { width: 400, height: 800 } };

const rows = (page) => page.locator('.matrix tr[data-verdict]:visible').count();
const items = (page) => page.locator('.mappings > li:visible').count();
const found = (page) => page.locator('#found').textContent();

async function axe(page, what) {
  // the page's own policy lets no other script in: it is run by the debugger, as a person's tools are
  await page.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8') + ';0');
  const { violations, passes } = await page.evaluate(() => axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  const shown = violations.map((it) => `${what}: ${it.id}: ${it.nodes.map((node) => node.html).slice(0, 3)}`);
  assert.deepEqual(shown, []);
  assert.ok(passes.length > 15, `${passes.length} rules had something to look at`);
}

const scenarios = {
  // light, dark and narrow, with everything folded and with everything open
  async accessible(browser, file) {
    for (const colorScheme of ['light', 'dark']) {
      for (const size of [WIDE, NARROW]) {
        await onPage(browser, file, { ...size, colorScheme }, async (page) => {
          const what = `${colorScheme} ${size.viewport.width}`;
          await axe(page, what);
          if (await page.locator('#open').isVisible()) await page.click('#open');
          await page.evaluate(() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; }));
          await axe(page, `${what}, open`);
          const [width, wanted] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.ok(width <= wanted, `${what}: the page is ${width} wide`);
        });
      }
    }
  },

  async filtered(browser, file) {
    await onPage(browser, file, WIDE, async (page) => {
      const [all, mappings] = [await rows(page), await items(page)];
      assert.ok(all > 5 && mappings > 5);
      assert.equal(await found(page), `${all} of ${all} principals, ${mappings} of ${mappings} mappings`);
      await page.fill('#search', 'MARIA');
      assert.equal(await rows(page), 1);
      assert.ok((await items(page)) < mappings);
      assert.equal(await found(page), `1 of ${all} principals, ${await items(page)} of ${mappings} mappings`);
      // what is in the drill-down is found as well, and all words have to be there
      await page.fill('#search', 'secrets maria');
      assert.equal(await rows(page), 1);
      await page.fill('#search', 'secrets nobody-has-this');
      assert.equal((await rows(page)) + (await items(page)), 0);
      await page.fill('#search', '');
      assert.equal(await rows(page), all);
      await page.uncheck('input[value=equal]');
      const changing = await rows(page);
      assert.ok(changing > 0 && changing < all);
      await page.uncheck('input[value=loses]');
      // who gains as well is still there
      assert.equal(await rows(page), changing);
      await page.uncheck('input[value=gains]');
      assert.equal(await rows(page), 0);
      // a link to what is hidden shows it
      await page.click('.findings a >> nth=0');
      assert.equal(await rows(page), all);
      assert.equal(await page.isChecked('input[value=equal]'), true);
    });
  },

  // by the keyboard alone
  async drilled(browser, file) {
    await onPage(browser, file, WIDE, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
      const questions = page.locator('.drill .command');
      assert.equal(await questions.first().isVisible(), false);
      const reached = async () => page.evaluate(() => document.activeElement.matches('.change > summary'));
      for (let i = 0; i < 200 && !(await reached()); i += 1) await page.keyboard.press('Tab');
      assert.ok(await reached(), 'Tab reaches what changes');
      await page.keyboard.press('Enter');
      assert.ok(await questions.first().isVisible());
      assert.match(await questions.first().textContent(), /^kubectl auth can-i /);
      assert.match(await page.locator('.drill').first().textContent(), /Binding .*to Group/);
      // from the row to its mapping, and back
      await page.click('.matrix th a >> nth=0');
      const id = await page.evaluate(() => location.hash.slice(1));
      assert.ok(await page.locator(`[id="${id}"]`).isVisible());
      await page.click(`[id="${id}"] .to-matrix a`);
      assert.match(await page.evaluate(() => location.hash), /^#principal/);
    });
  },

  // all that it says is there without its script
  async unscripted(browser, file) {
    const context = await browser.newContext({ ...WIDE, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    assert.equal(await page.locator('.filter').isVisible(), false);
    assert.ok((await rows(page)) > 5 && (await items(page)) > 5);
    await page.click('.change > summary >> nth=0');
    assert.ok(await page.locator('.drill .command').first().isVisible());
    await context.close();
  },

  // everything is on paper, with what was folded
  async printed(browser, file, folder) {
    await onPage(browser, file, { ...WIDE, colorScheme: 'dark' }, async (page) => {
      const pdf = path.join(folder, 'plan.pdf');
      await page.pdf({ path: pdf, format: 'A4', printBackground: true });
      assert.ok(fs.statSync(pdf).size > 10_000);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('.filter').isVisible(), false);
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
      const drill = await page.locator('.drill').first().boundingBox();
      assert.ok(drill && drill.height > 50, 'what is folded is printed');
      console.log(JSON.stringify({ pdf }));
    });
  },

  // names that would be more than text: no element of theirs, and nothing ran
  async hostile(browser, file, benign) {
    const count = () => document.querySelectorAll('*').length;
    let elements = 0;
    await onPage(browser, benign, WIDE, async (page) => { elements = await page.evaluate(count); });
    await onPage(browser, file, WIDE, async (page) => {
      assert.equal(await page.evaluate(count), elements);
      assert.equal(await page.locator('img, iframe, b, h1 ~ h1, [onerror]').count(), 0);
      assert.match(await page.locator('body').innerText(), /<img src=x onerror=alert\(1\)><b>/);
      await page.fill('#search', 'onerror');
      assert.ok((await items(page)) > 0);
      assert.equal(await page.evaluate(count), elements);
    });
  },

  // first paint, and a key pressed in the filter, with thousands of principals
  async fluid(browser, file) {
    const measured = [];
    for (let i = 0; i < 3; i += 1) {
      await onPage(browser, file, WIDE, async (page) => {
        const paint = await page.evaluate(() => new Promise((resolve) => {
          const entry = performance.getEntriesByName('first-contentful-paint')[0];
          if (entry) resolve(entry.startTime);
          new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime))
            .observe({ type: 'paint', buffered: true });
        }));
        const loaded = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
        // until the frame after it is drawn
        const filter = await page.evaluate(async () => {
          const search = document.querySelector('#search');
          const times = [];
          for (const text of ['1', '12', '123', '12', '', 'shop', '']) {
            const start = performance.now();
            search.value = text;
            search.dispatchEvent(new Event('input', { bubbles: true }));
            const work = performance.now() - start;
            await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve, 0)); });
            times.push([work, performance.now() - start]);
          }
          return { script: Math.max(...times.map(([work]) => work)), drawn: Math.max(...times.map(([, all]) => all)) };
        });
        const total = await page.locator('.matrix tr[data-verdict]').count();
        assert.match(await found(page), /^3000 of 3000 principals.*; the first 200 are shown$/);
        assert.equal(await rows(page), 200);
        // one behind these is found, and shown by a link
        await page.fill('#search', 'team-2987');
        assert.equal(await rows(page), 1);
        await page.click('.matrix tr[data-verdict]:visible th a');
        await page.fill('#search', '');
        await page.evaluate(() => { location.hash = 'mapping2990'; });
        await page.waitForFunction(() => document.querySelectorAll('.mappings > li:not([hidden])').length === 3000);
        measured.push({ principals: total, paint, loaded, ...filter });
      });
    }
    const best = (name) => Math.round(Math.min(...measured.map((it) => it[name])));
    console.log(JSON.stringify({
      principals: measured[0].principals, bytes: fs.statSync(file).size,
      paint: best('paint'), loaded: best('loaded'), filterScript: best('script'), filterDrawn: best('drawn'),
    }));
  },
};

const [scenario, ...files] = process.argv.slice(2);
withBrowser((browser) => scenarios[scenario](browser, ...files)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
