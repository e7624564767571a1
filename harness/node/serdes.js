(function () { 'use strict'; return { Serializer: class Serializer {}, Deserializer: class Deserializer {} }; })
