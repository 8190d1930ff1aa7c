using System.Text.Json.Nodes;

namespace Granary.Simulator.World;

/// <summary>The synthetic tests and locations of the world.</summary>
internal static class SyntheticTests
{
    public static IReadOnlyList<(string Id, string Label, string Display, string City, string Country, string Type, string Status)> Locations { get; } =
    [
        ("loc-1", "fra", "Frankfurt", "Frankfurt", "Germany", "Managed", "Online"),
        ("loc-2", "nyc", "New York", "New York", "United States", "Managed", "Online"),
        ("loc-3", "office", "Office", "Munich", "Germany", "Private", "Online"),
        ("loc-4", "syd", "Sydney", "Sydney", "Australia", "Managed", "Offline"),
    ];

    /// <summary>Each test checks a service: its runs fail while that service's calls fail.</summary>
    public static IReadOnlyDictionary<string, string> ServiceOf { get; } = new Dictionary<string,
    string> { ["t-1"] = "svc-user", ["t-2"] = "svc-cart", ["t-3"] = "svc-pay" };

    public static IEnumerable<JsonObject> Seeds => [Test("t-1", "Login", "loc-1", "loc-2"), Test("t-2", "Fill the cart", "loc-1", "loc-3"),
        Test("t-3", "Pay", "loc-1", "loc-2", "loc-3")];

    private static JsonObject Test(string id, string label, params string[] locations) => JsonNode.Parse($$"""
        {"id":"{{id}}","tenantId":"tenant","label":"{{label}}","active":true,"testFrequency":5,"playbackMode":"Simultaneous","applicationId":"app-robot","applicationLabel":"Robot Shop",
         "locations":[{{string.Join(',', locations.Select(one => $"\"{one}\""))}}],
         "locationLabels":[{{string.Join(',', locations.Select(one => $"\"{Locations.First(known => known.Id == one).Label}\""))}}],
         "locationDisplayLabels":[{{string.Join(',', locations.Select(one => $"\"{Locations.First(known => known.Id == one).Display}\""))}}],
         "configuration":{"syntheticType":"HTTPAction","url":"https://shop.example/{{id}}","operation":"GET","markSyntheticCall":true,"retries":0,"retryInterval":1,"timeout":"10s"},
         "customProperties":{"team":"shop"},"createdAt":1759000000000,"modifiedAt":1759500000000,"modifiedBy":"u-1","rbacTags":[]}
        """)!.AsObject();
}
