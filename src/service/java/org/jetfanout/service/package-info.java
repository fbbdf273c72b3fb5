/**
 * The service: {@code jet-fanout serve}. In: service.yml. Out: a server that answers until it is
 * told to stop. It is in a jar of its own with libraries of its own, which no other command loads.
 * The program finds it as {@link org.jetfanout.cli.Service}, and works without it. This room puts
 * the others together; none of them may ask it.
 */
package org.jetfanout.service;
