const EN = {
  rooms: "Rooms",
  directs: "Direct messages",
  directsEmpty: "Choose a name to write to somebody alone.",
  addRoom: "Join or make a room",
  addDirect: "Write to somebody",
  rename: "Change name",
  back: "Back to the rooms",
  search: "Search this room",
  leave: "Leave",
  tryNow: "Try now",
  older: "Earlier messages",
  newest: "New messages ↓",
  attach: "Send a picture or a file",
  text: "Message",
  send: "Send",
  save: "Save",
  drop: "Drop the file to send it.",
  cancel: "Cancel",
  close: "Close",
  remove: "Remove",
  again: "Try again",
  edit: "Edit",
  reply: "Reply",
  delete: "Delete",
  edited: "edited",
  deleted: "This message was deleted.",
  gone: "An earlier message",
  placeholder: "Message to {room}",
  people: "{count} here",
  peopleTitle: "Who is here",
  you: "you",
  alone: "Only you are here",
  empty: "Nothing was written here yet. Begin!",
  loading: "Loading …",
  typingOne: "{names} is writing …",
  typingMore: "{names} are writing …",
  unread: "{count} unread",
  waiting: "Waiting to be sent",
  stored: "Stored",
  readBy: "Read by {names}",
  failed: "Not sent: {why}",
  uploading: "{name}: {done} of {size}",
  today: "Today",
  yesterday: "Yesterday",
  online: "Connected",
  connecting: "Connecting …",
  offline: "Not connected",
  reconnecting:
    "The connection is lost. The next attempt is in {seconds} s; what you write is kept and sent then.",
  reconnectingNow: "Connecting … What you write is kept and sent as soon as possible.",
  ended: "The server does not let you in: {reason}",
  storage_unavailable: "The storage of the server is away. What you write is kept and sent when it is back.",
  restarting: "The server restarts. The page reconnects by itself.",
  nameTitle: "How shall others call you?",
  name: "Name",
  nameHint: "Letters, digits and spaces, at most 32 characters",
  enter: "Come in",
  roomTitle: "Join or make a room",
  room: "Name of the room",
  roomHint: "Letters, digits, - and _",
  roomsThere: "Rooms that there are",
  join: "Join",
  directTitle: "Write to somebody alone",
  directHint: "The name as it is shown in a room",
  open: "Open",
  searchTitle: "Search in {room}",
  searchFor: "Words",
  find: "Search",
  foundNone: "Nothing was found.",
  searchOlder: "Search in older messages",
  deleteTitle: "Delete this message for everybody?",
  download: "Save {name}",
  picture: "Picture {name}",
  large: "{name} is larger than {size}.",
  error_name_taken: "Somebody else has this name. Choose another.",
  error_too_many_names: "You have had many names lately. Take one of them again.",
  error_name_invalid: "This cannot be a name. Use letters, digits and spaces, at most 32 characters.",
  error_unauthorized: "This server asks for a token: open it by the link that you were given.",
  error_not_found: "There is nobody of this name.",
  error_invalid: "That does not work.",
  error_forbidden: "You may not do that.",
  error_not_yours: "only its author may change a message",
  error_too_many_rooms: "there are too many rooms",
  error_file_too_large: "the file is too large",
  error_storage_full: "the server keeps no more files",
  error_file_type: "such files are not taken, or it is not what its name says",
  error_too_large: "it is too large",
  error_rate_limited: "too much at once; wait a little",
  error_room: "This cannot be a room. Use letters, digits, - and _, at most 40 characters.",
};

export type TextKey = keyof typeof EN;

const ZH: Record<TextKey, string> = {
  rooms: "聊天室",
  directs: "私信",
  directsEmpty: "点选一个名字，就能单独写给对方。",
  addRoom: "加入或新建聊天室",
  addDirect: "给某人写私信",
  rename: "改名",
  back: "返回聊天室列表",
  search: "搜索此聊天室",
  leave: "离开",
  tryNow: "立即重试",
  older: "更早的消息",
  newest: "新消息 ↓",
  attach: "发送图片或文件",
  text: "消息",
  send: "发送",
  save: "保存",
  drop: "松开即可发送文件。",
  cancel: "取消",
  close: "关闭",
  remove: "移除",
  again: "重试",
  edit: "编辑",
  reply: "回复",
  delete: "删除",
  edited: "已编辑",
  deleted: "这条消息已删除。",
  gone: "更早的一条消息",
  placeholder: "发消息到 {room}",
  people: "{count} 人在线",
  peopleTitle: "谁在这里",
  you: "你",
  alone: "这里只有你",
  empty: "这里还没有消息，来写第一条吧！",
  loading: "正在加载……",
  typingOne: "{names} 正在输入……",
  typingMore: "{names} 正在输入……",
  unread: "{count} 条未读",
  waiting: "等待发送",
  stored: "已保存",
  readBy: "{names} 已读",
  failed: "未发送：{why}",
  uploading: "{name}：{done} / {size}",
  today: "今天",
  yesterday: "昨天",
  online: "已连接",
  connecting: "正在连接……",
  offline: "未连接",
  reconnecting: "连接已断开，{seconds} 秒后重试；你写的内容会保留，之后发送。",
  reconnectingNow: "正在连接……你写的内容会保留，连上后立即发送。",
  ended: "服务器不让你进入：{reason}",
  storage_unavailable: "服务器的存储暂时不可用；你写的内容会保留，恢复后发送。",
  restarting: "服务器正在重启，页面会自动重新连接。",
  nameTitle: "大家怎么称呼你？",
  name: "名字",
  nameHint: "字母、数字、空格，最多 32 个字符",
  enter: "进入",
  roomTitle: "加入或新建聊天室",
  room: "聊天室名称",
  roomHint: "字母、数字、- 和 _",
  roomsThere: "已有的聊天室",
  join: "加入",
  directTitle: "单独写给某人",
  directHint: "与聊天室里显示的名字相同",
  open: "打开",
  searchTitle: "在 {room} 中搜索",
  searchFor: "关键词",
  find: "搜索",
  foundNone: "没有找到。",
  searchOlder: "搜索更早的消息",
  deleteTitle: "要为所有人删除这条消息吗？",
  download: "保存 {name}",
  picture: "图片 {name}",
  large: "{name} 超过了 {size}。",
  error_name_taken: "这个名字已被使用，请换一个。",
  error_too_many_names: "你最近用过的名字太多，请换回其中一个。",
  error_name_invalid: "不能用作名字：请用字母、数字和空格，最多 32 个字符。",
  error_unauthorized: "此服务器需要令牌：请用发给你的链接打开。",
  error_not_found: "没有叫这个名字的人。",
  error_invalid: "这样不行。",
  error_forbidden: "你没有权限。",
  error_not_yours: "只有作者能修改消息",
  error_too_many_rooms: "聊天室太多了",
  error_file_too_large: "文件太大",
  error_storage_full: "服务器已存满文件",
  error_file_type: "不接受这种文件，或内容与名称不符",
  error_too_large: "太大了",
  error_rate_limited: "操作太快，请稍等",
  error_room: "不能用作聊天室名称：请用字母、数字、- 和 _，最多 40 个字符。",
};

export type Language = "en" | "zh";

let language: Language = "en";

export function currentLanguage(): Language {
  return language;
}

/** The language of the page from now on; its fixed texts are written anew. */
export function speak(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = t(keyOf(element.dataset["text"]));
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    const label = t(keyOf(element.dataset["label"]));
    element.setAttribute("aria-label", label);
    element.title = label;
  }
}

/** A text, with what stands in braces filled in. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  const text = (language === "zh" ? ZH : EN)[key];
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Why the server refused something, in words. */
export function reason(code: string): string {
  const key = `error_${code}`;
  return isKey(key) ? t(key) : code;
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key);
}

function keyOf(name: string | undefined): TextKey {
  return name !== undefined && isKey(name) ? name : "text";
}
