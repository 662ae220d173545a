// The worker's entry: puts the bench behind comlink.
import { expose } from 'comlink';
import { createBench } from './bench.ts';

expose(createBench());
