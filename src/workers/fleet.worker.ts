// The fleet worker's entry: puts the rollout behind comlink.
import { expose } from 'comlink';
import { createFleetWorker } from './fleet-worker.ts';

expose(createFleetWorker());
