/**
 * The user name and password of a URL as the value of Authorization or Proxy-Authorization (RFC 7617); `null` when it
 * has none.
 *
 * @throws TypeError when they are not the percent-encoding of UTF-8
 */
export function credentialsOf({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString("base64")}`;
  } catch {
    throw new TypeError("A percent sign in the user name or password of a URL is written %25");
  }
}

/** A copy of a URL that can be shown and sent to: without user name and password. */
export function withoutCredentials(url: URL): URL {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy;
}
