'use strict';
// One page in headless Chromium, with everything counted that it must not do.

const assert = require('node:assert/strict');
const { pathToFileURL } = require('node:url');
// found through NODE_PATH: .ci/browser-tools installs it
const { chromium } = require('playwright-core');

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

// machines that do much else are slow
const PATIENCE = 180_000;

async function withBrowser(act) {
  const browser = await chromium.launch({
    executablePath: process.env.EKSODUS_CHROMIUM, args: FLAGS, timeout: PATIENCE,
  });
  try {
    await act(browser);
  } finally {
    await browser.close();
  }
}

// Opens the file, lets `act` use it, and then sees that it asked the network for nothing, broke no rule of its policy, and
// opened no dialog.
async function onPage(browser, file, options, act) {
  const { reducedMotion = 'reduce', ...context } = options;
  const page = await browser.newPage({ ...context, reducedMotion });
  page.setDefaultTimeout(PATIENCE);
  const url = pathToFileURL(file).href;
  const wrong = [];
  page.on('request', (request) => {
    if (request.url() !== url) wrong.push(`request ${request.url()}`);
  });
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('popup', (popup) => wrong.push(`popup ${popup.url()}`));
  page.on('dialog', async (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
  });
  await page.goto(url);
  await act(page);
  wrong.push(...(await page.evaluate(() => window.violations)));
  assert.deepEqual(wrong, []);
  await page.close();
}

module.exports = { assert, withBrowser, onPage };
