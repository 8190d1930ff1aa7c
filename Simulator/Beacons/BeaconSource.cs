using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Beacons;

/// <summary>One beacon, made up from its place: a kind of monitoring, a minute and a number.</summary>
internal sealed record Beacon(long Time, int Number, string Page, string Country, string Client, string Type, double Duration, bool IsError)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Time:x}-{Number:x}");

    public string Session => string.Create(CultureInfo.InvariantCulture, $"s{Time / 600_000:x}-{Number % 5}");

    public string PageLoad => string.Create(CultureInfo.InvariantCulture, $"p{Time / 60_000:x}-{Number}");
}

/// <summary>The beacons of the shop's website, or of its mobile app.</summary>
internal sealed class BeaconSource(SimulatedWorld world, bool isMobile)
{
    private static readonly string[] Countries = ["Germany", "France", "United States"];

    private readonly string[] _pages = isMobile ? ["Home", "Scan", "Stock"] : ["Home", "Product", "Check Out"];
    private readonly string[] _clients = isMobile ? ["Android", "iOS"] : ["Chrome", "Firefox", "Safari"];

    public string Id => isMobile ? "mob-1" : "web-1";

    public string Name => isMobile ? "robot-warehouse" : "robot-shop";

    /// <summary>The beacons of a type in <c>[from, to)</c>, newest first.</summary>
    public IEnumerable<Beacon> Between(long from, long to, string type)
    {
        for (var minute = (to - 1) / 60_000 * 60_000; minute >= from; minute -= 60_000)
        {
            foreach (var beacon in In(minute, type))
            {
                if (beacon.Time >= from && beacon.Time < to)
                    yield return beacon;
            }
        }
    }

    private List<Beacon> In(long minute, string type)
    {
        var dice = new Dice(world.Seed + (isMobile ? 77UL : 33UL), (ulong)(minute / 60_000) * 31 + (ulong)type.Length);
        var rare = type is "ERROR" or "CRASH" or "DROP_BEACON" or "CUSTOM";
        var all = new List<Beacon>();
        for (var number = rare ? dice.Below(2) : 3 + dice.Below(4); number > 0; number--)
        {
            all.Add(new Beacon(
                minute + (number * 7_001), number, dice.Pick(_pages), dice.Pick(Countries), dice.Pick(_clients), type, 80 + dice.Below(900),
                type is "ERROR" or "CRASH" || (type is "HTTPREQUEST" or "HTTP_REQUEST" && dice.Chance(4))));
        }
        return all;
    }

    /// <summary>A beacon's values of a tag; null for a tag that does not exist.</summary>
    public IReadOnlyList<string>? Tags(Beacon one, string name, string? key)
    {
        var prefix = isMobile ? "mobileBeacon." : "beacon.";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return null;
        return name[prefix.Length..] switch
        {
            "website.name" or "mobileApp.name" => [Name],
            "website.id" or "mobileApp.id" => [Id],
            "page.name" or "view.name" => [one.Page],
            "geo.country" => [one.Country],
            "browser.name" or "platform" => [one.Client],
            "type" => [one.Type],
            "duration" => [one.Duration.ToString(CultureInfo.InvariantCulture)],
            "sessionId" or "session.id" => [one.Session],
            "pageLoad.id" => isMobile ? null : [one.PageLoad],
            "location.path" => isMobile ? null : ["/" + one.Page.Replace(" ", "-", StringComparison.Ordinal).ToLowerInvariant()],
            "error.message" => one.IsError ? ["Cannot read properties of undefined"] : [],
            "http.status" => one.Type.StartsWith("HTTP", StringComparison.Ordinal) ? [one.IsError ? "500" : "200"] : [],
            "meta" => key == "stage" ? ["production"] : [],
            _ => null,
        };
    }

    public JsonObject Write(Beacon one)
    {
        var type = Spell(one.Type);
        var isHttp = one.Type.StartsWith("HTTP", StringComparison.Ordinal);
        var common = Json.Object(
            ("type", type), ("timestamp", one.Time), ("duration", (long)one.Duration), ("batchSize", 1), ("sessionId", one.Session), ("beaconId", one.Id),
            ("backendTraceId", ""),
            ("errorCount", one.IsError ? 1 : 0), ("errorMessage", one.IsError ? "Cannot read properties of undefined" : ""),
            ("errorType", one.IsError ? "TypeError" : ""),
            ("userIp", "198.51.100.0"), ("userId", $"u-{one.Number}"), ("userName", "Ada Example"), ("userEmail", $"u{one.Number}@shop.example"),
            ("city", ""), ("country", one.Country),
            ("countryCode", one.Country[..2].ToUpperInvariant()), ("continent", one.Country == "United States" ? "North America" : "Europe"),
            ("connectionType", "wifi"),
            ("httpCallUrl", isHttp ? "https://shop.example/api/cart" : ""), ("httpCallMethod", isHttp ? "GET" : ""),
            ("httpCallStatus", isHttp ? (one.IsError ? 500 : 200) : -1),
            ("meta", Json.Object(("stage", "production"))));
        (string, JsonNode?)[] own = isMobile
            ? [("mobileAppId", Id), ("mobileAppLabel", Name), ("view", one.Page), ("platform", one.Client), ("appVersion", "2.4.1"), ("appBuild", "241"),
                ("bundleIdentifier", "example.shop.warehouse"), ("deviceModel", "Pixel"), ("deviceManufacturer", "Google"), ("osName", one.Client),
            ("osVersion", "17"), ("performanceSubtype", ""), ("rateLimitBeaconType", "")]
            : [("websiteId", Id), ("websiteLabel", Name), ("page", one.Page), ("phase", "pageLoad"), ("pageLoadId", one.PageLoad),
                ("locationUrl", "https://shop.example/" + one.Page.ToLowerInvariant().Replace(' ', '-')), ("locationOrigin", "https://shop.example"),
            ("locationPath", "/" + one.Page.ToLowerInvariant().Replace(' ', '-')), ("browserName", one.Client), ("browserVersion", "130.0"),
            ("osName", "Linux"), ("deviceType", "Desktop"), ("onLoadTime", one.Type == "PAGELOAD" ? (long)one.Duration : -1),
            ("firstContentfulPaintTime", -1), ("cumulativeLayoutShift", -1.0)];
        foreach (var (name, value) in own)
            common[name] = value;
        return common;
    }

    private static string Spell(string type) => type switch
    {
        "PAGELOAD" => "pageLoad",
        "RESOURCELOAD" => "resourceLoad",
        "HTTPREQUEST" or "HTTP_REQUEST" => "httpRequest",
        "PAGE_CHANGE" => "pageChange",
        "SESSION_START" => "sessionStart",
        "VIEW_CHANGE" => "viewChange",
        "DROP_BEACON" => "dropBeacon",
        _ => type.ToLowerInvariant(),
    };
}
