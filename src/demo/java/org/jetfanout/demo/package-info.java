/**
 * The demo's machines: SSH servers on loopback as workers and hosts, an agent of their own, and a
 * stand-in for the runner, whose version says that it is a stand-in. Everything between them is the
 * real program. The demo is in a jar of its own. The program finds it as {@link
 * org.jetfanout.cli.Demo}, and works without it.
 */
package org.jetfanout.demo;
