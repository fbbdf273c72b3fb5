/**
 * The demo's machines: SSH servers on loopback that stand for workers and hosts, an agent of their
 * own, and a stand-in for the runner that says that it is one. Everything between them is the real
 * thing. In a jar of its own, which the program finds as {@link org.jetfanout.cli.Demo}, and which
 * it works without.
 */
package org.jetfanout.demo;
