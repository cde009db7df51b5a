/**
 * undici publishes no types for its files. Only the agent's own file is imported, because evaluating the package's entry
 * registers its agent globally, and from then on every extension of the host would send its requests through ours.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  import Agent from 'undici/types/agent.js';

  export default Agent;
}
