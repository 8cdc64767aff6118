/** A page that runs every case in the browser that opens it. It echoes, and shows how far it is. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>plyws conformance</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  progress { width: 100%; }
</style>
<h1>This browser, case by case</h1>
<p><progress id="bar" value="0" max="1"></progress>
<p id="state" role="status">Asking how many cases there are …</p>
<script>
  const base = "ws://" + location.host;
  const agent = encodeURIComponent(new URLSearchParams(location.search).get("agent") ?? navigator.userAgent);
  const show = (text) => { document.getElementById("state").textContent = text; };

  function open(path, message) {
    return new Promise((resolve) => {
      const socket = new WebSocket(base + path);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => message(data, socket);
      socket.onclose = resolve;
    });
  }

  let count = 0;
  runAll();
  async function runAll() {
    await open("/getCaseCount", (data) => { count = Number(data); });
    document.getElementById("bar").max = count;
    for (let n = 1; n <= count; n++) {
      show("Case " + n + " of " + count);
      document.getElementById("bar").value = n;
      await open("/runCase?case=" + n + "&agent=" + agent, (data, socket) => socket.send(data));
    }
    await open("/updateReports?agent=" + agent, () => {});
    show("Done: " + count + " cases. The report is where the kit was started.");
    document.body.dataset.done = "yes";
  }
</script>
`;
