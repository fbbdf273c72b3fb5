package org.jetfanout.service.api;

import java.util.List;
import org.jetfanout.service.templates.RunTemplate;

/**
 * Templates.
 *
 * @param templates in the order of service.yml
 */
public record TemplateList(List<TemplateView> templates) {
    /** Copies the list. */
    public TemplateList {
        templates = List.copyOf(templates);
    }

    static TemplateList of(List<RunTemplate> templates) {
        return new TemplateList(templates.stream().map(TemplateView::of).toList());
    }
}
