/** States of a message; docs/spec/lifecycle.md. */
export const MESSAGE_STATES = ['accepted', 'processed', 'ignored', 'invalid'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export const MESSAGE_EVENTS = ['process', 'ignore', 'refuse', 'repeat'] as const;
export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

export type MessageNext = MessageState | 'refused';

/** A repeat leaves every state as it is: that is P2 seen from the sender's side. */
export const MESSAGE_TRANSITIONS: Readonly<
  Record<MessageState, Readonly<Record<MessageEvent, MessageNext>>>
> = {
  accepted: { process: 'processed', ignore: 'ignored', refuse: 'invalid', repeat: 'accepted' },
  processed: { process: 'refused', ignore: 'refused', refuse: 'refused', repeat: 'processed' },
  ignored: { process: 'refused', ignore: 'refused', refuse: 'refused', repeat: 'ignored' },
  invalid: { process: 'refused', ignore: 'refused', refuse: 'refused', repeat: 'invalid' },
};
