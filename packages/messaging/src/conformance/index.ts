export { describeMessageStore, type StoreUnderTest } from './message-store.ts';
export { describeTarget, type TargetUnderTest } from './target.ts';
