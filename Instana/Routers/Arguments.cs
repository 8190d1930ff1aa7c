using Granary.Instana.Params;

namespace Granary.Instana.Routers;

/// <summary>The parameters that rows share, and the words in which the others are written.</summary>
internal static class Arguments
{
    public static readonly InstanaParameter ValidOn = Moment("valid_on", "Version in force then");

    public static readonly InstanaParameter Created = Moment("created", "Version: its creation time in epoch ms") with { Required = true };

    public static readonly InstanaParameter AlertIds = Ids("alert_ids", "Only these alerts");

    public static readonly InstanaParameter FillTimeSeries = Flag("fill_time_series", "Fill gaps of a series with zeros") with { Place = ParameterPlace.Query };

    public static readonly InstanaParameter Metrics = new("metrics", ParameterKind.ObjectList, "Metrics, each {metric, aggregation}; granularity in s")
    {
        MaxItems = 5,
        Example = """[{"metric":"calls","aggregation":"SUM"}]""",
        Fields =
        [
            Text("metric", "Metric id of the catalog") with { Required = true },
            Choice("aggregation", "How values are combined", Enums.Aggregations) with { Required = true },
            Whole("granularity", "Seconds of one point", 1, 2_147_483),
        ],
    };

    public static readonly InstanaParameter Group = new("group", ParameterKind.Object, "Grouping: {groupbyTag, groupbyTagEntity}")
    {
        Example = """{"groupbyTag":"service.name","groupbyTagEntity":"DESTINATION"}""",
        Fields =
        [
            Text("groupby_tag", "Tag of the catalog") with { Required = true, Wire = "groupbyTag", Aliases = ["group_by_tag"] },
            Choice("groupby_tag_entity", "Whose tag", Enums.Entities) with { Required = true, Wire = "groupbyTagEntity", Aliases = ["group_by_tag_entity"] },
            Text("groupby_tag_second_level_key", "Key of a key-value tag") with { Wire = "groupbyTagSecondLevelKey", Aliases = ["group_by_tag_second_level_key"] },
        ],
    };

    public static readonly InstanaParameter TagFilter = new("tag_filter_expression", ParameterKind.TagFilter, "TAG_FILTER or EXPRESSION with AND/OR, nested")
    {
        Aliases = ["tag_filter", "tag_filters"],
        Example = """{"type":"TAG_FILTER","name":"service.name","operator":"EQUALS","entity":"DESTINATION","value":"cart"}""",
    };

    /// <summary>For the endpoints that know a flat list only, all of whose filters must hold.</summary>
    public static readonly InstanaParameter FlatTagFilters = TagFilter with { Wire = "tagFilters", Description = "TAG_FILTER, or an EXPRESSION of them with AND" };

    public static readonly InstanaParameter Order = new("order", ParameterKind.Object, "Order: {by, direction}")
    {
        Example = """{"by":"calls.sum","direction":"DESC"}""",
        Fields = [Text("by", "Metric or field") with { Required = true }, Choice("direction", "ASC or DESC", ["ASC", "DESC"]) with { Required = true }],
    };

    public static readonly InstanaParameter Pagination = new("pagination", ParameterKind.Object, "{retrievalSize 1-200}; continue with cursor")
    {
        Example = """{"retrievalSize":20}""",
        Fields =
        [
            Whole("retrieval_size", "Items to return", 1, 200), Whole("offset", "Of the item to go on from", 0, long.MaxValue),
            Whole("ingestion_time", "Of the item to go on from", 0, long.MaxValue),
        ],
    };

    public static readonly InstanaParameter IncludeInternal = Flag("include_internal", "Internal calls too");

    public static readonly InstanaParameter IncludeSynthetic = Flag("include_synthetic", "Synthetic calls too");

    public static readonly InstanaParameter Page = Whole("page", "Page, from 1", 1, 1_000_000) with { Aliases = ["page_number"] };

    public static readonly InstanaParameter PageSize = Whole("page_size", "Items of a page", 1, 200);

    public static readonly InstanaParameter NameFilter = Text("name_filter", "Part of the name");

    public static readonly InstanaParameter BoundaryScope = Choice("application_boundary_scope", "ALL or INBOUND calls", ["ALL", "INBOUND"]) with
    {
        Synonyms = new Dictionary<string, string> { ["DEFAULT"] = "" },
    };

    public static readonly InstanaParameter AppId = Named("application_id", "Application", "application_name", "applications");

    public static readonly InstanaParameter AppName = Text("application_name", "Application by its name, instead of its id") with { Place = ParameterPlace.Local };

    public static readonly InstanaParameter WebsiteId = Named("website_id", "Website", "website_name", "websites");

    public static readonly InstanaParameter WebsiteName = Text("website_name", "Website by its name, instead of its id") with { Place = ParameterPlace.Local };

    public static readonly InstanaParameter MobileAppId = Named("mobile_app_id", "Mobile app", "mobile_app_name", "mobile_apps");

    public static readonly InstanaParameter MobileAppName = Text("mobile_app_name", "Mobile app by its name, instead of its id") with { Place = ParameterPlace.Local };

    public static InstanaParameter Text(string name, string description, int maxLength = 256) => new(name, ParameterKind.Text, description) { MaxLength = maxLength };

    public static InstanaParameter Texts(string name, string description) => new(name, ParameterKind.TextList, description);

    public static InstanaParameter Id(string name, string description) => new(name, ParameterKind.Id, description) { Required = true, MaxLength = 128 };

    public static InstanaParameter Ids(string name, string description) => new(name, ParameterKind.IdList, description) { MaxLength = 128 };

    public static InstanaParameter Whole(string name, string description, long least, long most, long? value = null) =>
        new(name, ParameterKind.Integer, description) { Minimum = least, Maximum = most, Default = value };

    public static InstanaParameter Flag(string name, string description) => new(name, ParameterKind.Flag, description);

    public static InstanaParameter Choice(string name, string description, IReadOnlyList<string> choices) =>
        new(name, ParameterKind.Choice, description) { Choices = choices, Example = choices[0] };

    public static InstanaParameter Choices(string name, string description, IReadOnlyList<string> choices) =>
        new(name, ParameterKind.ChoiceList, description) { Choices = choices, Example = $"[\"{choices[0]}\"]" };

    public static InstanaParameter Moment(string name, string description) => new(name, ParameterKind.Moment, description) { Example = "2026-03-10T14:00:00Z" };

    public static InstanaParameter Named(string id, string description, string name, string catalog) =>
        new(id, ParameterKind.Id, description) { MaxLength = 128, NamedIn = catalog, NamedBy = name };

    /// <summary>The whole body.</summary>
    public static InstanaParameter Payload(string description, params InstanaParameter[] fields) =>
        new("payload", ParameterKind.Object, description) { Required = true, Place = ParameterPlace.WholeBody, Fields = fields };

    /// <summary>A list of objects with these fields.</summary>
    public static InstanaParameter Many(string name, string description, params InstanaParameter[] fields) =>
        new(name, ParameterKind.ObjectList, description) { Fields = fields };

    /// <summary>An object with these fields.</summary>
    public static InstanaParameter Part(string name, string description, params InstanaParameter[] fields) =>
        new(name, ParameterKind.Object, description) { Fields = fields };

    public static InstanaParameter Needed(this InstanaParameter parameter) => parameter with { Required = true };

    public static InstanaParameter InQuery(this InstanaParameter parameter) => parameter with { Place = ParameterPlace.Query };

    public static InstanaParameter Here(this InstanaParameter parameter) => parameter with { Place = ParameterPlace.Local };

    public static InstanaParameter As(this InstanaParameter parameter, string wire) => parameter with { Wire = wire };
}
