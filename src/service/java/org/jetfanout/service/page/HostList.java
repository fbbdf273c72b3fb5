package org.jetfanout.service.page;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.HostsView;

/** All hosts that a filter lets pass, as text to copy or as CSV. */
final class HostList {
    private static final Set<Character> FORMULA = Set.of('=', '+', '-', '@', '\t', '\r');

    private HostList() {}

    /** The reason of a host in the words of its group: without the host's own name. */
    static String reason(HostsView.Host host) {
        return host.host().isEmpty() ? host.reason() : host.reason().replace(host.host(), "<host>");
    }

    /** One name a line. */
    static String lines(Function<HostsFilter, HostsView> hosts, HostsFilter filter, String reason) {
        StringBuilder text = new StringBuilder();
        forEach(
                hosts,
                filter,
                reason,
                host -> text.append(PageText.text(host.host())).append('\n'));
        return text.toString();
    }

    /** RFC 4180, with a head. No cell begins a formula. */
    static String csv(Function<HostsFilter, HostsView> hosts, HostsFilter filter, String reason) {
        StringBuilder text = new StringBuilder("host,outcome,reason,worker,batch,wave\r\n");
        forEach(
                hosts,
                filter,
                reason,
                host ->
                        text.append(cell(host.host()))
                                .append(',')
                                .append(cell(host.outcome().word()))
                                .append(',')
                                .append(cell(host.reason()))
                                .append(',')
                                .append(cell(host.worker()))
                                .append(',')
                                .append(cell(host.batch()))
                                .append(',')
                                .append(host.wave())
                                .append("\r\n"));
        return text.toString();
    }

    /** A cell in quotes. Spreadsheets would calculate what begins with one of a few characters. */
    static String cell(String text) {
        String shown = PageText.text(text);
        boolean formula = !shown.isEmpty() && FORMULA.contains(shown.charAt(0));
        return '"' + (formula ? "'" : "") + shown.replace("\"", "\"\"") + '"';
    }

    private static void forEach(
            Function<HostsFilter, HostsView> hosts,
            HostsFilter filter,
            String reason,
            Consumer<HostsView.Host> to) {
        String after = "";
        do {
            HostsView page =
                    hosts.apply(
                            new HostsFilter(
                                    filter.outcomes(),
                                    filter.host(),
                                    filter.worker(),
                                    HostsFilter.MOST,
                                    after));
            for (HostsView.Host host : page.hosts()) {
                if (reason.isEmpty() || reason.equals(reason(host))) {
                    to.accept(host);
                }
            }
            after = page.next();
        } while (!after.isEmpty());
    }
}
