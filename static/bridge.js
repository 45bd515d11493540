/* The way to window.external.msProvisionNetworks, and what the plain page does by script while
   WebAssembly has not taken it over [PORT-44, 46...50, 56, 78]. Hand-written ES5: its hosts
   include Internet Explorer 11. Host methods are no Functions there, so they are looked for with
   `in` and called directly, never by typeof or apply; the document goes on untouched. */
(function () {
  'use strict';
  var busy = false;
  var sent = false;

  function available() {
    try {
      if ('msProvisionNetworks' in window.external) { return true; }
    } catch (ignored) { /* Some hosts refuse `in`. */ }
    try {
      return window.external.msProvisionNetworks !== undefined;
    } catch (ignored) {
      return false;
    }
  }

  function provision(xml) {
    var result;
    try {
      result = window.external.msProvisionNetworks(xml);
    } catch (ignored) { /* A failure like any other. */ }
    return typeof result === 'number' && result >= 0 ? result : 1;
  }

  window.broadgateBridge = {
    available: available,
    provision: provision,
    busy: function () { return busy || sent; }
  };

  /* Asks until it is answered; waits longer each time, 15 s at most. */
  function ask(method, url, body, done, failures) {
    var request = new XMLHttpRequest();
    function again() {
      var pause = Math.min(1000 * Math.pow(2, failures || 0), 15000);
      setTimeout(function () { ask(method, url, body, done, (failures || 0) + 1); }, pause);
    }
    request.open(method, url);
    request.timeout = 30000;
    request.setRequestHeader('Accept', 'application/json');
    if (body) { request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded'); }
    request.onerror = request.ontimeout = again;
    request.onload = function () {
      if (request.status >= 500 || request.status === 429) { again(); } else { done(request); }
    };
    request.send(body);
  }

  function here() { return location.pathname + location.search; }

  function reload() { location.replace(here()); }

  function plain() {
    var section = document.getElementById('handover');
    var wait = document.querySelector('[data-poll]');
    var button, said;
    document.addEventListener('submit', submit);

    function of(name) { return section.getAttribute('data-' + name); }

    /* By the customer, or by a timer, which passes no event. */
    function press(event) {
      if (busy || window.broadgatePortal) { return; }
      busy = true;
      button.setAttribute('aria-disabled', 'true');
      said.textContent = of('busy');
      ask('GET', of('document'), null, function (answer) {
        var handed, body;
        try { handed = JSON.parse(answer.responseText); } catch (ignored) { /* Below. */ }
        if (!handed || typeof handed.xml !== 'string') {
          busy = false;
          button.removeAttribute('aria-disabled');
          /* The page says why; by a timer that would go round for ever. */
          if (event) { reload(); }
          return;
        }
        body = 'token=' + encodeURIComponent(of('token')) +
          '&delivery=' + encodeURIComponent(handed.delivery) + '&result=' + provision(handed.xml);
        ask('POST', of('report'), body, reload);
      });
    }

    if (section && available()) {
      button = section.querySelector('button');
      said = section.querySelector('[role=status]');
      section.removeAttribute('hidden');
      button.addEventListener('click', press);
      if (of('retry')) { setTimeout(press, Number(of('retry'))); }
    }
    if (wait) { setTimeout(poll, Number(wait.getAttribute('data-poll'))); }
  }

  /* A reload each time would abort the loading of WebAssembly on a slow network. */
  function poll() {
    if (window.broadgatePortal) { return; }
    ask('GET', here(), null, function (answer) {
      var wait, bar;
      if (window.broadgatePortal) { return; }
      try { wait = JSON.parse(answer.responseText).page.wait; } catch (ignored) { /* Below. */ }
      if (!wait) { return reload(); }
      bar = document.querySelector('progress');
      if (wait.percent !== null) { bar.setAttribute('value', wait.percent); }
      document.querySelector('.clock').textContent = Math.floor(wait.elapsed_s / 60) + ':' +
        ('0' + wait.elapsed_s % 60).slice(-2);
      setTimeout(poll, wait.poll_ms);
    });
  }

  /* The second click of a double click sends nothing. */
  function submit(event) {
    if (window.broadgatePortal) { return; }
    if (sent) { event.preventDefault(); }
    sent = true;
    setTimeout(function () { sent = false; }, 5000);
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', plain);
  } else {
    plain();
  }
}());
