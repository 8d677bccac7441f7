"""The words of the stories: names, things, places, and what is said of them."""

from stories.wording import pairs, phrases, words

FEMALE = words(
    """
    Anna Mia Mary Lucy Sarah Emma Kate Nora Julia Laura Ruth Martha Susan Betty Amy Nancy Sophie Ella
    Rachel Maria Eva Lena Molly Tina Hannah Zoe Jenny Polly Maggie Rosa Sally Wendy Linda Judy Fanny
    Dora Elsie Nelly Agnes Harriet Caroline Catherine Charlotte Elizabeth Isabel Emily Barbara Diana
    Irene Olivia Paula Vera Sonia Lydia Esther Edith
    """
)
MALE = words(
    """
    Tom Ben John Sam Jack Peter Paul David James George William Robert Daniel Max Leo Fred Joe Simon
    Adam Luke Harry Oliver Martin Andrew Oscar Hugo Felix Alan Brian Eric Victor Ralph Roger Stephen
    Thomas Michael Joseph Samuel Albert Alfred Ernest Hugh Dick Ned Bob Jim Tim Dan Jacob Noah Aaron
    Isaac Carl Otto Karl Theo
    """
)

JOBS = words(
    """
    baker farmer teacher doctor miller sailor tailor gardener painter carpenter driver nurse cook
    postman fisherman shepherd singer writer blacksmith butcher captain hunter clerk weaver porter judge
    soldier barber printer waiter
    """
)
WOMEN_ARE_NOT = words("postman fisherman")

COLOURS = words("red blue green yellow white black brown grey orange pink purple")
SIZES = words("small big little large tiny old new plain fine heavy light pretty")

# Things that can be held, lost, found, lent and given.
THINGS = phrases(
    """
    key, ball, book, hat, cup, box, bell, map, kite, coat, drum, boat, lamp, rope, bag, knife, spoon,
    stone, doll, scarf, watch, pen, brush, basket, flute, bottle, blanket, hammer, mirror, pencil,
    button, coin, feather, ribbon, glove, whistle, jar, letter, picture, shell, stick, bucket, apron,
    belt, card, notebook, purse, shovel, toy horse, toy train, paper bird, wooden spoon, silver spoon,
    pocket watch, tin soldier
    """
)
FOODS = phrases(
    """
    apple, pear, cake, egg, orange, sandwich, biscuit, pie, bun, carrot, peach, lemon, cup of tea, glass
    of milk, bowl of soup, piece of bread, piece of cheese, slice of cake, bag of nuts, bottle of water,
    jar of honey, bunch of grapes, bag of sweets, loaf of bread
    """
)
GIVEN = phrases(
    """
    flower, bone, rose, stamp, ticket, present, note, chair, towel, pillow, guitar, puzzle, penny,
    plate, football, snowball, camera, torch, shirt, pair of socks, pair of gloves
    """
)

# Each place with the word that goes before it.
PLACES = phrases(
    """
    at the market, in the garden, in the forest, at the school, on the hill, by the river, in the park,
    at the station, at the shop, on the beach, in the kitchen, on the farm, by the lake, at the mill, in
    the old tower, in the field, at the bakery, by the well, on the bridge, at the harbour, in the
    village, in the town, at the museum, at the zoo, in the cave, in the barn, in the attic, at the
    office, at the hospital, at the fair, in the square, at the theatre, on the island, by the gate, in
    the meadow, at the castle, in the yard, at the playground
    """
)
HIDDEN = phrases(
    """
    under the bed, behind the door, under a tree, in a drawer, behind a big stone, on the roof, under
    the stairs, in a hole in the ground, between two books, under a bench, in the long grass, behind the
    curtain, on top of the cupboard, in the mud, inside a boot, under a pile of leaves, beside the path,
    at the bottom of the well, behind the clock, in an empty nest, next to the gate
    """
)

TIMES = phrases(
    """
    One day, One morning, One evening, One afternoon, Last week, Yesterday, On Sunday, On Friday, In the
    spring, In the summer, In the autumn, In the winter, Early one morning, Late one evening, On a rainy
    day, On a sunny day, One cold night, On Monday, On a quiet Saturday, Not long ago
    """
)
LATER = phrases(
    """
    Then, After that, A little later, Soon, In the afternoon, The next day, The next morning, An hour
    later, That evening, Before long, After a while, Two days later, At last, At noon
    """
)
WEATHER = phrases(
    """
    It was raining., The sun was shining., The wind was strong., It was very cold., The sky was grey.,
    There was snow on the ground., It was a warm day., The air was still., Clouds covered the sky., The
    moon was bright., A light rain was falling., The birds were singing., The leaves were falling., It
    was getting dark., There was not a cloud in the sky., The grass was wet., Fog lay over the road.
    """
)

BEINGS = words(
    """
    robot dragon giant wizard fox bear owl mouse frog rabbit elephant monster puppy kitten pony whale
    bird snail spider goblin dwarf ghost machine turtle
    """
)
BEING_KINDS = words("small little big old young friendly shy clever lonely kind strange")
MOODS = words("happy sad tired angry proud glad afraid surprised lonely hungry thirsty")

# Pairs of opposites: what a thing can be, and the rest. No word is in two pairs of the first kind.
OPPOSITES = pairs(
    """
    hot cold, big small, old young, open closed, early late, wet dry, happy sad, rich poor, full empty,
    dark light, tall short, fast slow, strong weak, good bad, hard soft, high low, loud quiet, near far,
    clean dirty, thick thin, wide narrow, right wrong, true false, black white, easy difficult, deep
    shallow, sweet sour, sharp blunt, alive dead, awake asleep, kind cruel, clever stupid, rough smooth,
    warm cool, cheap dear, straight crooked, fresh stale, tight loose
    """
)
OTHER_OPPOSITES = pairs(
    """
    up down, inside outside, left right, day night, summer winter, morning evening, friend enemy, always
    never, everything nothing, beginning end, more less, first last, before after, here there
    """
)

# What people can differ in, as comparatives.
COMPARATIVES = pairs(
    """
    taller shorter, older younger, faster slower, stronger weaker, richer poorer, heavier lighter,
    louder quieter, happier sadder, bigger smaller, fatter thinner, warmer colder, noisier calmer
    """
)
