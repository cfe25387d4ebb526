"""Which inputs the trees may ask for: columns, neighbours' values (`@-1`) and means over windows (`@mean5`).

Chosen from about 400 that could be made: for HTML those with the largest gain, for text those of the same
columns; and every phrase list and class hint, so that each is there for pages unlike the training pages. In
three-fold cross-validation on HTML, 395 inputs reached a mean word-F1 over sets of .8762, the best 177 .8768.
"""

from __future__ import annotations

from boilercut.page import PageKind

__all__ = ["INPUTS", "SECOND_INPUTS"]

INPUTS: dict[PageKind, tuple[str, ...]] = {
    "html": tuple(
        """
        adverts.near adverts.share anchors.described anchors.describes anchors.prose_since_description
        anchors.prose_since_lead anchors.prose_since_longest anchors.prose_since_title
        anchors.shared_description anchors.shared_lead anchors.shared_longest anchors.shared_title
        anchors.since_description anchors.since_lead anchors.since_longest anchors.since_title bylines.near
        bylines.share captcha chrome.near chrome.share class_words.near class_words.near@+1
        class_words.near@-1 class_words.near@mean15 class_words.near@mean2 class_words.near@mean40
        class_words.near@mean5 class_words.near_highest class_words.near_lowest class_words.own
        class_words.path class_words.path_highest class_words.path_lowest comments.near
        comments.prose_before comments.share comments.since consent.near consent.share containers.alike_0
        containers.alike_1 containers.alike_2 containers.alike_3 containers.blocks_0 containers.blocks_1
        containers.blocks_2 containers.blocks_3 containers.held_0 containers.held_1 containers.held_2
        containers.held_3 containers.links_1 containers.links_2 containers.links_3 containers.main_mass_3
        containers.main_mass_5 containers.main_mass_8 containers.mass_0 containers.mass_1 containers.mass_2
        containers.mass_3 containers.mean_0 containers.mean_1 containers.mean_3 containers.prose_0
        containers.prose_1 containers.prose_2 containers.prose_3 containers.tag_0 containers.tag_1
        containers.to_main_3 containers.to_main_5 containers.to_main_8 edges.ends_letter edges.ends_sentence
        forms.near forms.share headlines.dated@mean15 headlines.dated@mean40 headlines.label_run
        headlines.short_run headlines.title_like@mean15 headlines.title_like@mean40 headlines.title_run
        hints.advert hints.byline hints.caption hints.comments hints.comments_prose hints.cookie hints.form
        hints.legal hints.navigation hints.newsletter hints.pagination hints.related hints.share legal.near
        legal.share links.density links.density@mean15 links.density@mean2 links.density@mean40
        links.density@mean5 links.near_density links.page_density lists.alike_run lists.item_run
        lists.since_colon navigation.near navigation.share newsletter.near newsletter.share
        page.address_depth page.address_digits page.address_words page.declares_article
        page.declares_listing page.declares_product page.declares_thread page.declares_website
        page.function_words page.linked_share page.long_paragraphs page.priced_share page.sentences
        page.short_share page.words_per_block pagination.near pagination.share parts.article parts.articles
        parts.h1 parts.h1s pattern.links pattern.mass pattern.mean pattern.prose pattern.times
        position.from_end position.from_top position.page_blocks position.page_characters position.relative
        position.text_before prompts.near prompts.share prompts.share@+1 prompts.share@-1 prose.before
        prose.from_first prose.from_run_start prose.is@mean2 prose.is@mean40 prose.is@mean5
        prose.outside_run prose.page_share prose.page_words prose.since prose.until related.near
        related.prose_before related.share related.since repetition.again repetition.page_share
        repetition.times section_titles.near section_titles.share shape.capitalised_share@mean40
        shape.capitalised_share@mean5 shape.characters@mean40 shape.digit_share shape.function_words
        shape.function_words@mean40 shape.punctuation_share shape.sentences@mean40 shape.upper_share
        shape.words shape.words@mean15 shape.words@mean40 shape.words@mean5 shape.words_per_sentence
        share.near share.share tags.block tags.depth tags.heading tags.hidden tags.in_aside
        tags.in_blockquote tags.in_figure tags.in_footer tags.in_form tags.in_h1 tags.in_li tags.in_main
        tags.in_nav tags.in_script tags.in_table tags.leaf tags.leaf@-1 tags.since_h1 topic.core_share
        topic.core_share@mean15 topic.core_share@mean40 topic.title_covered topic.title_share words.highest
        words.lowest words.mean words.mean@mean15 words.mean@mean2 words.mean@mean40 words.mean@mean5
        words.sum words.sum@mean15 words.sum@mean2 words.sum@mean40 words.sum@mean5
        page_type.article page_type.documentation page_type.listing page_type.no_article page_type.other
        page_type.product page_type.service page_type.thread post_words.near post_words.near@+1
        post_words.near@-1 post_words.near@mean15 post_words.near@mean5 post_words.near_highest
        post_words.near_lowest post_words.own post_words.path post_words.path_highest post_words.path_lowest
        """.split()
    ),
    "text": tuple(
        """
        adverts.near adverts.share anchors.prose_since_longest anchors.since_longest bylines.near
        bylines.share captcha chrome.near chrome.share comments.near comments.prose_before comments.share
        comments.since consent.near consent.share edges.begins_digit edges.begins_lower edges.begins_mark
        edges.begins_upper edges.blank_lines edges.blank_lines@+1 edges.blank_lines@+2 edges.blank_lines@-1
        edges.blank_lines@-2 edges.bullet edges.ends_arrow edges.ends_colon edges.ends_colon@-1
        edges.ends_letter edges.ends_question edges.ends_sentence edges.ends_sentence@+1
        edges.ends_sentence@+2 edges.ends_sentence@-1 edges.ends_sentence@-2 edges.ends_sentence@mean15
        edges.ends_sentence@mean2 edges.ends_sentence@mean40 edges.ends_sentence@mean5 edges.hash_mark
        edges.indent edges.pipe forms.near forms.share headlines.dated headlines.dated@+1 headlines.dated@+2
        headlines.dated@-1 headlines.dated@-2 headlines.dated@mean15 headlines.dated@mean2
        headlines.dated@mean40 headlines.dated@mean5 headlines.dated_near headlines.label_run headlines.near
        headlines.short_run headlines.title_like headlines.title_like@mean15 headlines.title_like@mean2
        headlines.title_like@mean40 headlines.title_like@mean5 headlines.title_run legal.near legal.share
        links.density links.density@+1 links.density@+2 links.density@-1 links.density@-2 links.near_density
        links.page_density lists.alike_run lists.item_run lists.item_run@+1 lists.item_run@-1
        lists.since_colon navigation.near navigation.share newsletter.near newsletter.share
        page.function_words page.linked_share page.long_paragraphs page.priced_share page.sentences
        page.short_share page.words_per_block pagination.near pagination.share position.from_end
        position.from_top position.page_blocks position.page_characters position.relative
        position.text_before posts.prose posts.prose_before posts.prose_each posts.replies posts.run
        posts.share posts.since posts.until prompts.near prompts.share prompts.share@+1 prompts.share@-1
        prose.before prose.from_first prose.from_last prose.from_run_start prose.is prose.is@mean15 prose.is@mean2
        prose.is@mean40 prose.is@mean5 prose.outside_run prose.page_share prose.page_words prose.since
        prose.until related.near related.prose_before related.share related.since repetition.again
        repetition.page_share repetition.times repetition.times@+1 repetition.times@+2 repetition.times@-1
        repetition.times@-2 section_titles.near section_titles.share shape.capitalised_share
        shape.capitalised_share@+1 shape.capitalised_share@+2 shape.capitalised_share@-1
        shape.capitalised_share@-2 shape.capitalised_share@mean15 shape.capitalised_share@mean2
        shape.capitalised_share@mean40 shape.capitalised_share@mean5 shape.characters shape.comma_share
        shape.currency shape.digit_share shape.digit_share@+1 shape.digit_share@+2 shape.digit_share@-1
        shape.digit_share@-2 shape.function_words shape.function_words@+1 shape.function_words@+2
        shape.function_words@-1 shape.function_words@-2 shape.function_words@mean15
        shape.function_words@mean2 shape.function_words@mean40 shape.function_words@mean5 shape.longest_word
        shape.punctuation_share shape.sentences shape.sentences@mean15 shape.sentences@mean2
        shape.sentences@mean40 shape.sentences@mean5 shape.separators shape.symbol_share
        shape.unspaced_share shape.upper_share shape.word_length shape.words shape.words@+1 shape.words@+2
        shape.words@-1 shape.words@-2 shape.words@mean15 shape.words@mean2 shape.words@mean40
        shape.words@mean5 shape.words_per_sentence share.near share.share topic.core_share
        topic.core_share@+1 topic.core_share@+2 topic.core_share@-1 topic.core_share@-2
        topic.core_share@mean15 topic.core_share@mean2 topic.core_share@mean40 topic.core_share@mean5
        words.highest words.lowest words.mean words.mean@+1 words.mean@+2 words.mean@-1 words.mean@-2
        words.mean@mean15 words.mean@mean2 words.mean@mean40 words.mean@mean5 words.sum words.sum@+1
        words.sum@+2 words.sum@-1 words.sum@-2 words.sum@mean15 words.sum@mean2 words.sum@mean40
        words.sum@mean5
        """.split()
    ),
}
"""The inputs of each model, by kind of page."""

SECOND_INPUTS: tuple[str, ...] = tuple(
    """
    document.score document.score@-2 document.score@-1 document.score@+1 document.score@+2 document.score@mean2
    document.score@mean5 document.chance@mean5 document.chance@mean15 document.lines document.words
    document.mean_by_lines document.mean document.head document.tail document.lines_below_50
    document.lines_below_100 document.lines_below_200 document.lines_below_500 document.lines_below_900
    document.words_below_50 document.words_below_100 document.words_below_200 document.words_below_500
    document.words_below_900 document.run_lines document.run_words document.run_mean document.run_edge
    document.words_before_run document.words_behind_run document.runs document.longest_run document.lowest
    document.second_lowest document.third_lowest document.named document.named@mean5 document.named_lines
    document.named_words document.titled adverts.share bylines.share chrome.share consent.share forms.share
    legal.share navigation.share newsletter.share pagination.share related.share share.share section_titles.share
    edges.begins_digit
    edges.begins_mark edges.begins_upper edges.bullet edges.bullet@mean5 edges.bullet@mean40 edges.ends_letter
    edges.ends_sentence edges.ends_sentence@mean5 edges.ends_sentence@mean40 edges.pipe headlines.dated@mean5
    headlines.dated@mean40 headlines.short_run headlines.title_like@mean5 headlines.title_like@mean40
    headlines.title_run lists.alike_run lists.item_run lists.since_colon page.function_words page.long_paragraphs
    page.priced_share page.sentences page.short_share page.words_per_block position.from_end position.from_top
    position.relative position.text_before posts.prose posts.prose_before posts.prose_each posts.replies
    posts.run posts.share posts.since posts.until prompts.share prompts.near prompts.share@+1 newsletter.near
    related.since related.prose_before comments.share comments.near comments.since comments.prose_before
    share.near navigation.near pagination.near prose.before prose.from_last prose.is prose.is@mean5
    prose.is@mean40 prose.outside_run prose.page_share prose.since prose.until repetition.page_share shape.words
    shape.words@mean5 shape.words@mean40 shape.digit_share shape.capitalised_share shape.function_words
    shape.function_words@mean5 shape.punctuation_share shape.sentences shape.symbol_share shape.unspaced_share
    shape.upper_share topic.core_share topic.core_share@mean5 words.mean words.mean@mean5 words.mean@mean40
    words.sum
    """.split()
)
"""The inputs of the second look at text: first scores of the block, of its run and of the document, and columns.

Of 129, those that a trial on half the sites used three times or more; what marks a page and shares of phrase lists came
later. Blank lines and indents are left out: dumps for training have none, so trees would take every text that has some
for clean.
"""
