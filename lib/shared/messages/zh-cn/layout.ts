import type { layout as english } from "#lib/shared/messages/en/layout.ts";
import type { Translated } from "#lib/shared/messages/text.ts";

export const layout: Translated<typeof english> = {
  navigation: "主导航",
  newChat: "新对话",
  search: "搜索或跳转",
  settings: "设置",
  foldNavigation: "收起侧栏",
  unfoldNavigation: "展开侧栏",
  openNavigation: "打开菜单",
  closeNavigation: "关闭菜单",
  personMenu: "账户与外观",
  admin: "管理员",
  member: "成员",
  demo: "演示账户",
  theme: "外观",
  themeSystem: "跟随系统",
  themeLight: "浅色",
  themeDark: "深色",
  language: "语言",
  yourSettings: "个人设置",
  signOut: "退出登录",
  path: "当前位置",
  sandboxOn: "目前由内置沙盒作答。数据不会离开本机，也不会产生任何费用。",
  upstreams: "连接状态",
  upstream: {
    served: "已连接",
    partly: "已连接，但有事项需要留意",
    not_reached: "无法连接",
    sandbox: "沙盒",
    unknown: "尚未检查",
  },
  signedOut: {
    title: "你已退出登录",
    text: "会话已在此处或其他标签页中结束。已保存的内容不会丢失，重新登录即可继续。",
    action: "登录",
  },
};
