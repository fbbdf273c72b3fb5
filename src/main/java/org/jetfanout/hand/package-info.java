/**
 * Calls: commands on workers that another instance, the hand, carries out. In: the address of a
 * worker, a command, its stdin. Out: its output and exit status, as if this instance had connected
 * itself. This room knows nothing of batches or jobs, and no call outlives its connection: whoever
 * loses one makes another.
 *
 * <p>{@link org.jetfanout.hand.Calls} is the owner's side, {@link org.jetfanout.hand.Hand} the
 * other. What they say to each other, each with the id of the call:
 *
 * <pre>
 * CALL                   owner to zone: who carries it out? It says nothing about it
 * TAKEN echo             hand: I do. The first one may
 * GO echo, spec          owner: do it. The echo proves that this is no copy of an old message
 * NO                     owner: not you, or not any more
 * OPENED key encryption; output
 *                        hand: the command runs. What it says at once comes with it
 * FAILED kind text       hand: it does not, certainly; the end
 * DATA; output           hand: its output. At most as much as CREDIT allows, in total. What comes
 *                        within some 50 ms, up to 128 KiB, is one message
 * CREDIT total           owner: so many bytes may come
 * STDIN end; bytes       owner: its stdin, and whether this is the end of it. At most as much as
 *                        STDIN_CREDIT allows
 * STDIN_CREDIT total     hand: so many bytes may come
 * SIGNED number, what    hand: the worker asks for a signature. It waits for SIGNED_OK number
 * TROUBLE text           hand: why hosts will not be reached
 * END exit|signal|loss; output
 *                        hand: the end, with the last output
 * CLOSE                  owner: nobody reads any more. Not said where the command has said all and
 *                        ends by itself within a second
 * OWNER_ROLL calls       owner, now and then: the calls that I have with you, and how many messages
 *                        of each I have sent
 * HAND_ROLL calls        hand, the same
 * </pre>
 *
 * <p>So a short job costs seven messages. What an instance says to itself passes no broker.
 *
 * <p>Messages of a call are numbered, in each direction. Whoever misses one gives up the call. So
 * does who hears nothing of it for three times the time between two rolls: an instance that has
 * lost its only call with another sends no roll. A GO for a call that the hand has given up gets
 * FAILED.
 */
package org.jetfanout.hand;
