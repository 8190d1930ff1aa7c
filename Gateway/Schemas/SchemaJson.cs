using System.Text.Json.Serialization;

namespace Granary.Gateway.Schemas;

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class SchemaJson : JsonSerializerContext;
