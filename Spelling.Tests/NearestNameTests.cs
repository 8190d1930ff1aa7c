namespace Granary.Spelling.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["vault_path", "event_type", "data", "tags", "emit_provara", "actor", "namespace", "idempotency_key"];

    [Theory]
    [InlineData("idempotencyKey", "idempotency_key")]
    [InlineData("idempotency-key", "idempotency_key")]
    [InlineData("IDEMPOTENCY_KEY", "idempotency_key")]
    [InlineData("idempotency_keys", "idempotency_key")]
    [InlineData("event_types", "event_type")]
    [InlineData("evnet_type", "event_type")]
    [InlineData("eventType", "event_type")]
    [InlineData("type", "event_type")]
    [InlineData("vault", "vault_path")]
    [InlineData("tag", "tags")]
    [InlineData("Data", "data")]
    [InlineData("key", "idempotency_key")]
    [InlineData("name_space", "namespace")]
    public void Another_spelling_a_slip_and_a_shared_word_are_near(string wrong, string nearest) => NearestName.Of(wrong, Names).ShouldBe(nearest);

    [Theory]
    [InlineData("servity", "severity")]
    [InlineData("pod_name", "kubernetes.pod.name")]
    [InlineData("kubernetes.pods", "kubernetes.pod.name")]
    public void Of_names_that_share_as_many_words_the_nearest_is_meant(string wrong, string nearest) =>
        NearestName.Of(wrong, ["state", "severity", "kubernetes.cluster.name", "kubernetes.pod.name", "kubernetes.pod.restarts.total"]).ShouldBe(nearest);

    [Theory]
    [InlineData("name", "name_filter", "page", "name_filter", "page_size")]
    [InlineData("list_events", "get_events", "get_event", "get_events", "get_events_by_ids")]
    [InlineData("list_event", "get_event", "get_event", "get_events", "get_events_by_ids")]
    [InlineData("group", "GROUPING", "FILTERING", "GROUPING", "SERVICE_MAPPING")]
    [InlineData("pagesize", "page_size", "page", "page_size")]
    [InlineData("nmae", "name", "name", "page")]
    [InlineData("API_KEYS_FILE", "API_KEYS", "API_KEYS", "KEK_FILE")]
    public void The_name_that_holds_what_was_given_is_meant(string wrong, string nearest, params string[] names) => NearestName.Of(wrong, names).ShouldBe(nearest);

    [Theory]
    [InlineData("colour")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("___")]
    public void What_has_nothing_in_common_is_near_to_none(string wrong) => NearestName.Of(wrong, Names).ShouldBeNull();

    [Fact]
    public void A_name_of_any_length_is_answered_shortly()
    {
        NearestName.Of(new string('a', 100_000), Names).ShouldBeNull();
        NearestName.Unknown("The tool", new string('a', 100_000), Names).Length.ShouldBeLessThan(300);
    }
}
