export { InMemoryMessageStore, type KeptInvalid } from './message-store.ts';
export { InMemoryTarget } from './target.ts';
