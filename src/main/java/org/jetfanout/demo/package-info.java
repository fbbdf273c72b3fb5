/**
 * The demo's machines: SSH servers on loopback that stand for workers and hosts, an agent of their
 * own, and a stand-in for the runner that says that it is one. Everything between them is the real
 * thing.
 */
package org.jetfanout.demo;
